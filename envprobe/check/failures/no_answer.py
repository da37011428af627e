"""The worker did not answer: it took too long, died, or the request was refused."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause, Severity, Verdict

TIMED_OUT_CODE = "CHK114"
DIED_CODE = "CHK115"
REFUSED_CODE = "CHK116"
EAGER_CODE = "CHK122"
# Signals that a program brings upon itself: the training program runs the same code and dies too.
_OWN_SIGNALS = re.compile(r"SIG(?:SEGV|ABRT|BUS|FPE)")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """Why there is no answer, or None where the model itself raised something."""
    if failure.refused:
        return _refused(failure, reason)
    if failure.stage != "lost":
        return None
    return _timed_out() if failure.error_type == "TimedOut" else _died(reason)


def _refused(failure: TraceFailure, reason: str) -> Explained:
    if "run_eagerly" in reason:
        return _only_a_run()
    no_model = failure.stage in ("load", "build")
    return Explained(
        code=REFUSED_CODE,
        cause=Cause.UNREADABLE_MODEL if no_model else Cause.GRAPH_EXECUTION_GENERIC,
        why="The check could not be carried out as asked; that says nothing against the model.",
        fix="Let the function return the model." if "returned None" in reason else None,
        verdict=Verdict.UNKNOWN,
    )


def _only_a_run() -> Explained:
    return Explained(
        code=EAGER_CODE,
        cause=Cause.GRAPH_EXECUTION_GENERIC,
        why="A step that runs eagerly takes Python's branches as the numbers come; what ops it "
        "needs shows only when it runs.",
        fix="--dry-run takes one real step.",
        verdict=Verdict.UNKNOWN,
        severity=Severity.WARNING,
    )


def _timed_out() -> Explained:
    return Explained(
        code=TIMED_OUT_CODE,
        cause=Cause.HANG_TIMEOUT,
        why="Building and tracing the step did not end in time; a large model, a download or an "
        "endless loop can be the reason.",
        fix="Check a smaller model of the same kind, and keep downloads and data out of the "
        "function that builds the model.",
        verdict=Verdict.UNKNOWN,
    )


def _died(reason: str) -> Explained:
    own = _OWN_SIGNALS.search(reason) is not None
    why = (
        "Tracing this model ended the Python process itself. Training traces the same step first."
        if own
        else "The process that traced the model ended; what ended it, nobody told (the system "
        "does so when memory runs out)."
    )
    return Explained(
        code=DIED_CODE,
        cause=Cause.GRAPH_EXECUTION_GENERIC,
        why=why,
        fix="Take layers away until it lives; the last one taken away is to blame."
        if own
        else "Run the check again with fewer other programs on the machine.",
        verdict=Verdict.UNSUPPORTED if own else Verdict.UNKNOWN,
    )
