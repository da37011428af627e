"""What no rule knows: the error is passed on as it is, with its place."""

from __future__ import annotations

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause, Severity, Verdict

CODE = "CHK199"


def explained(failure: TraceFailure, reason: str) -> Explained:  # noqa: ARG001 - as all rules
    """That it fails, and nothing more."""
    if failure.stage == "read":
        return Explained(
            code=CODE,
            cause=Cause.GRAPH_EXECUTION_GENERIC,
            why="The step could be traced, but not be read; that says nothing against the model.",
            verdict=Verdict.UNKNOWN,
            severity=Severity.WARNING,
        )
    return Explained(
        code=CODE,
        cause=Cause.GRAPH_EXECUTION_GENERIC,
        why=f"The model's own code raises {failure.error_type}; training runs the same code and "
        "stops at the same place.",
        fix="Correct the line that is named." if failure.file else None,
    )
