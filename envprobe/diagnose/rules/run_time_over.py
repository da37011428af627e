"""The time limit that the watched run was started with has ended it."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._run_end import SPECIFIC
from envprobe.terms import Cause

RULE = Rule(
    code="LOG265",
    name="run-time-over",
    cause=Cause.STOPPED_FROM_OUTSIDE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"envprobe run: the time limit of `timeout` ended the command after (?P<after>\S+ s)"
        ),
    ),
    seen="`timeout` ended the command after {after}: its time was over.",
    why="The command was started with a time limit and needed longer. Either it needs more time, "
    "or it stood still.",
    fix="Where steps went on to the end, give it more time. Where the last step is long before the "
    "end, it hung: look at what it waited for (data, another process, a lock).",
    yields_to=SPECIFIC,
    source="https://www.gnu.org/software/coreutils/timeout",
    hits=("Epoch 1/3\nenvprobe run: the time limit of `timeout` ended the command after 60.0 s",),
    misses=("envprobe run: the exit code was 124 after 60.0 s",),
)
