"""Horovod ended because a rank had failed."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.diagnose.rules._collectives import COLLECTIVE, NAMED, NETWORK, OTHER_RANK, SOURCES
from envprobe.terms import Cause

RULE = Rule(
    code="LOG722",
    name="horovod-shut-down",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.WRAPPER,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"Horovod has been shut down"),
        Pattern(r"HorovodInternalError"),
        Pattern(r"HorovodShutdownError"),
        Pattern(r"Horovod detected that one or more processes exited with non-zero"),
    ),
    seen="Horovod ended because one of its ranks had failed",
    why="When a rank fails, every pending op of the others ends with this error. It says "
    "nothing of the cause.",
    fix="Find the rank that ended first and the error above its end. Start with horovodrun "
    "--output-filename DIR, which keeps the ranks' outputs apart.",
    yields_to=(*NAMED, "nccl-failed", "peer-connection-lost", *SOURCES),
    candidates=(OTHER_RANK, COLLECTIVE, NETWORK),
    source="https://github.com/horovod/horovod/blob/master/horovod/common/common.h",
    hits=(
        "tensorflow.python.framework.errors_impl.UnknownError: Horovod has been shut "
        "down. This was caused by an exception on one of the ranks or an attempt to "
        "allreduce, allgather or broadcast a tensor after one of the ranks finished "
        "execution.",
    ),
    misses=("horovod.tensorflow.shutdown() called",),
)
