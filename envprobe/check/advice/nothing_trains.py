"""CHK603: a training step that changes no weight."""

from __future__ import annotations

from envprobe.check.advice.shown import requirements_in
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_TOLD = "does not have any trainable weights"


def nothing_trains(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning, where Keras says so or no weight is trainable and no gradient is taken."""
    if oplist.mode != "train":
        return ()
    told = any(_TOLD in one for one in oplist.warnings)
    updates = any(any(requirements_in(oplist, part)) for part in ("gradient", "optimizer"))
    if not told and (oplist.trainable_parameters != 0 or updates):
        return ()
    frozen = oplist.parameters or 0
    return (
        CheckFinding(
            code="CHK603",
            cause=Cause.NO_GRADIENT,
            severity=Severity.WARNING,
            seen=f"The model has no trainable weights ({frozen} parameters, all of them frozen)."
            if frozen
            else "The model has no weights.",
            why="The step computes a loss and changes nothing: the model learns nothing.",
            fix="Set layer.trainable = True for the layers that are to learn, then compile again."
            if frozen
            else "Add a layer that has weights.",
        ),
    )
