"""The GPU's timer is less exact than it could be."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG812",
    name="gpu-timer-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"[Dd]elay kernel timed out: measured time has sub-optimal accuracy"),
        Pattern(r"Skipping the delay kernel"),
        Pattern(r"Failed to start the delay kernel"),
    ),
    seen="The time of a kernel was measured with less accuracy.",
    why="XLA and cuDNN time several algorithms and take the fastest. A missed measurement can "
    "only choose a slightly slower one.",
    fix="Nothing to do.",
    source="xla/stream_executor/gpu/gpu_timer.cc",
    hits=(
        "W0000 00:00:1722222222.123456   77 gpu_timer.cc:114] Skipping the delay kernel, "
        "measurement accuracy will be reduced\n",
    ),
    misses=("INTERNAL: the launch timed out and was terminated\n",),
)
