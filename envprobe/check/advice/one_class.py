"""CHK606: a softmax over a single value, which is always 1."""

from __future__ import annotations

from envprobe.check.advice.shown import place_of, requirements_in, shown_place, shown_shape
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Part, Place, Shape
from envprobe.terms import Cause, Severity

_TOLD = "You are using a softmax over axis"
_PARTS: tuple[Part, ...] = ("forward", "loss")
_SOFTMAX = {
    "Softmax": "logits",
    "LogSoftmax": "logits",
    "SoftmaxCrossEntropyWithLogits": "features",
    "SparseSoftmaxCrossEntropyWithLogits": "features",
}


def one_class(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning; attention over a single step is meant, and no class."""
    found = _over_one(oplist)
    if found is None and not any(_TOLD in one for one in oplist.warnings):
        return ()
    op, place, shape = found or (None, Place(), None)
    over = f" of {shown_shape(shape)}" if shape is not None else ""
    return (
        CheckFinding(
            code="CHK606",
            cause=Cause.LABEL_LOSS_MISMATCH,
            severity=Severity.WARNING,
            op=op,
            layer=place.layer,
            file=place.file,
            line=place.line,
            seen=f"A softmax is taken over a single value{over}{shown_place(place)}.",
            why="The softmax of one value is 1, whatever it is: its gradient is 0 and the layers "
            "before it learn nothing.",
            fix='Take activation="sigmoid" and loss="binary_crossentropy" for two classes in one '
            "unit, or give the layer one unit a class.",
        ),
    )


def _over_one(oplist: OpList) -> tuple[str, Place, Shape] | None:
    for part in _PARTS:
        for one in requirements_in(oplist, part, *_SOFTMAX):
            shape = next((item.shape for item in one.inputs if item.name == _SOFTMAX[one.op]), None)
            if shape is not None and len(shape) == 2 and shape[-1] == 1:
                return one.op, place_of(one), shape
    return None
