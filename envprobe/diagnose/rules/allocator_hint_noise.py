"""An allocator says that more memory would only have made the run faster."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._sizes import SIZE
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity

# Letters and notebooks break the sentence into several lines.
SAME_MESSAGE = 320
NO_FAILURE = "not a failure"


def _read(sighting: Sighting, _log: Log) -> Reading | None:
    message = sighting.text[: len(sighting.line.text) + SAME_MESSAGE]
    return Reading() if NO_FAILURE in " ".join(message.split()) else None


RULE = Rule(
    code="LOG259",
    name="allocator-hint-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Allocator \((?P<allocator>[^)]+)\) ran out of memory trying to allocate "
            rf"(?P<asked>{SIZE})"
        ),
        Pattern(r"[Tt]he caller indicates that this is not a failure"),
    ),
    seen="TensorFlow tried to get[ {asked} of] memory for a faster algorithm, did not get it, and "
    "took a slower one.",
    why="The message says itself that this is no failure: the memory was asked for as a try, by "
    "the choice of a convolution algorithm for example. The run goes on with the same results.",
    fix=None,
    source="tensorflow/core/common_runtime/bfc_allocator.cc",
    read=_read,
    hits=(
        "2020-09-08 07:06:05.4: W tensorflow/core/common_runtime/bfc_allocator.cc:243] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 2.11GiB with freed_by_count=0. The "
        "caller indicates that this is not a failure, but may mean that there could be performance "
        "gains if more memory were available.\n 10/100 [==>.....] - ETA: 9s - loss: 0.5",
    ),
    misses=(
        "Allocator (GPU_0_bfc) ran out of memory trying to allocate 3.05GiB (rounded to 3276800000)"
        "\nCurrent allocation summary follows.",
    ),
)
