"""CHK611: a top-k metric over no more than k classes, which is always 1."""

from __future__ import annotations

from envprobe.check.advice.shown import place_of, tensor_of
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Cause, Severity

_IN_TOP_K = ("InTopKV2", "InTopK")


def top_k_of_all(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One note a metric whose k is known."""
    asked = [one for one in oplist.requirements if one.op in _IN_TOP_K]
    return tuple(found for one in asked for found in _finding(one))


def _finding(one: Requirement) -> tuple[CheckFinding, ...]:
    predictions = tensor_of(one.inputs, "predictions")
    told = tensor_of(one.inputs, "k")
    k = told.value if told is not None else one.attrs.get("k")
    classes = predictions.shape[-1] if predictions is not None and predictions.shape else None
    if not isinstance(k, int) or classes is None or classes > k:
        return ()
    place = place_of(one)
    return (
        CheckFinding(
            code="CHK611",
            cause=Cause.BENIGN,
            severity=Severity.INFO,
            op=one.op,
            layer=place.layer,
            file=place.file,
            line=place.line,
            seen=f"A metric asks whether the label is among the top {k} of {classes} classes.",
            why="It always is: the metric is 1 from the first step on.",
            fix=f"Give the metric a k below {classes}.",
        ),
    )
