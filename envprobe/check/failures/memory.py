"""oom-host: this machine's memory does not hold the model that is being built."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause, Verdict

CODE = "CHK113"
_MEMORY = re.compile(
    r"OOM when allocating|unable to allocate|bad_alloc|out of memory|cannot allocate memory",
    re.IGNORECASE,
)


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What could not be allocated, or None for a failure of another kind."""
    lost = failure.stage == "lost"
    ran_out = failure.error_type in ("MemoryError", "ResourceExhaustedError", "OutOfMemory")
    if not ran_out and (lost or not _MEMORY.search(reason)):
        return None
    return Explained(
        code=CODE,
        cause=Cause.OOM_HOST,
        why="The model is built in the memory of the machine that traces it, and this has too "
        "little. That says nothing of a machine with more.",
        fix="Make the largest layer smaller (a Flatten before a Dense is often the one), or run "
        "the check on a machine with more memory.",
        # Another machine may have the memory.
        verdict=Verdict.UNKNOWN if lost else Verdict.UNSUPPORTED,
    )
