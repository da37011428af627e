"""The causes of which the end of a process, or of several, can be a consequence."""

from __future__ import annotations

from envprobe.terms import Cause

# A run that goes on without its GPU does not hang and is not killed for that.
ENDS_NOTHING = (
    Cause.BENIGN,
    Cause.UNKNOWN,
    Cause.GPU_LIBS_MISSING,
    Cause.GPU_DRIVER_MISSING,
    Cause.WINDOWS_NATIVE_GPU_DROPPED,
    Cause.WSL_ISSUE,
)


def ends_but(*others: Cause) -> tuple[str, ...]:
    """The slugs of all causes that end a run, without those others."""
    return tuple(cause.value for cause in Cause if cause not in (*ENDS_NOTHING, *others))
