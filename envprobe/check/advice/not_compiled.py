"""CHK610: a step that was to be compiled with XLA, and is not."""

from __future__ import annotations

from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_TOLD = "Model doesn't support `jit_compile=True`"


def not_compiled(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One note, where Keras says that it leaves XLA out."""
    if not any(_TOLD in one for one in oplist.warnings):
        return ()
    return (
        CheckFinding(
            code="CHK610",
            cause=Cause.XLA_UNSUPPORTED_OP,
            severity=Severity.INFO,
            seen="jit_compile=True was asked for, and Keras runs the step without XLA.",
            why="A layer of the model says that XLA cannot compile it, as those that look up or "
            "hash strings do. The step runs, without XLA's speed.",
            fix="Move that layer into the data pipeline (dataset.map) to compile the rest.",
        ),
    )
