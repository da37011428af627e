"""CHK608: a loss that applies the activation that the last layer has applied already."""

from __future__ import annotations

import re

from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_TOLD = re.compile(
    r"`(\w+)` received `from_logits=True`, but the `output` argument was produced by a (\w+)"
)


def activated_twice(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning a loss that Keras warns of."""
    told = [found.groups() for one in oplist.warnings if (found := _TOLD.search(one))]
    return tuple(_finding(loss, activation) for loss, activation in dict.fromkeys(told))


def _finding(loss: str, activation: str) -> CheckFinding:
    return CheckFinding(
        code="CHK608",
        cause=Cause.LABEL_LOSS_MISMATCH,
        severity=Severity.WARNING,
        op=activation,
        seen=f"{loss} has from_logits=True, and the model ends with a {activation.lower()}.",
        why=f"The {activation.lower()} is applied twice. The model trains, slower and to wrong "
        "probabilities.",
        fix=f"Take the {activation.lower()} off the last layer, or from_logits=True off the loss.",
    )
