"""CHK609: a layer that drops the mask of the layers before it."""

from __future__ import annotations

import re

from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_TOLD = re.compile(
    r"Layer '([^']+)' \(of type (\w+)\) was passed an input with a mask attached to it"
)


def mask_lost(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One note a layer that Keras warns of."""
    told = [found.groups() for one in oplist.warnings if (found := _TOLD.search(one))]
    return tuple(_finding(layer, kind) for layer, kind in dict.fromkeys(told))


def _finding(layer: str, kind: str) -> CheckFinding:
    return CheckFinding(
        code="CHK609",
        cause=Cause.BENIGN,
        severity=Severity.WARNING,
        layer=layer,
        seen=f"Layer {layer!r} ({kind}) is given a mask, and does not support masks.",
        why="The mask ends there: the layers behind it and the loss count padding as data.",
        fix=f"In {kind}, set self.supports_masking = True and use the mask in call(x, mask=None), "
        "or build the embedding without mask_zero=True.",
    )
