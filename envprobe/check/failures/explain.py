"""The finding of a failure: the families of causes are asked in turn, the first answers."""

from __future__ import annotations

from collections.abc import Callable

from envprobe.check.failures import (
    anything_else,
    dtype_mismatch,
    label_loss_mismatch,
    label_structure,
    loading,
    memory,
    no_answer,
    no_gradient,
    not_symbolic,
    raised_by_values,
    shape_mismatch,
    unimplemented,
    variable_creation,
)
from envprobe.check.failures.explained import Explained
from envprobe.check.failures.reason import reason_of, told
from envprobe.check.failures.where import where
from envprobe.check.result import CheckFinding
from envprobe.models.failure import TraceFailure
from envprobe.terms import Verdict

Rule = Callable[[TraceFailure, str], Explained | None]
# The order decides. A rule stands before those whose words its own messages also hold: a dtype
# that a gradient function refuses is one of dtypes, a variable's message speaks of its shape, the
# shapes that a loss compares are those of labels, and nearly all mention a shape at the end.
RULES: tuple[Rule, ...] = (
    memory.explained,
    no_answer.explained,
    variable_creation.explained,
    no_gradient.explained,
    dtype_mismatch.explained,
    label_structure.explained,
    not_symbolic.explained,
    label_loss_mismatch.explained,
    dtype_mismatch.explained_loosely,
    unimplemented.explained,
    loading.explained,
    shape_mismatch.explained,
    no_gradient.explained_loosely,
    raised_by_values.explained,
)


def finding_of_failure(failure: TraceFailure, mode: str | None = None) -> CheckFinding:
    """Why the model cannot be built or traced, where, and the smallest change that helps."""
    reason = reason_of(failure.message)
    known = _explained(failure, reason)
    why = known.why
    if mode == "infer" and failure.layer and known.verdict is Verdict.UNSUPPORTED:
        why += " This is the model's own step of prediction, not training."
    return CheckFinding(
        code=known.code,
        cause=known.cause,
        severity=known.severity,
        op=known.op or failure.op,
        dtype=known.dtype,
        layer=known.layer or failure.layer,
        file=failure.file,
        line=failure.line,
        # What does not fit the request has no place in the model.
        seen=told(reason) if failure.refused else f"{where(failure, known)}: {told(reason)}",
        why=why,
        fix=known.fix,
    )


def verdict_of_failure(failure: TraceFailure) -> Verdict:
    """Unsupported for the model's own faults, unknown where they may be somebody else's.

    Somebody else: the request, a limit of time or memory, a missing package or file.
    """
    return _explained(failure, reason_of(failure.message)).verdict


def _explained(failure: TraceFailure, reason: str) -> Explained:
    for rule in RULES:
        known = rule(failure, reason)
        if known is not None:
            return known
    return anything_else.explained(failure, reason)
