"""CHK613: a loss that expects probabilities, and a model that ends without an activation."""

from __future__ import annotations

import re

from envprobe.check.advice.shown import (
    place_of,
    requirements_in,
    requirements_of_loss,
    shown_shape,
)
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Place, Shape
from envprobe.terms import Cause, Severity

_CROSSENTROPY = re.compile(
    r"((sparse_?)?categorical|binary)_?(focal_?)?crossentropy|bce|cce", re.IGNORECASE
)
# What may make probabilities. Where any of it is in the forward pass, nothing is said.
_SQUASHING = ("Softmax", "LogSoftmax", "Sigmoid", "Exp", "Tanh", "Erf", "ClipByValue", "Cumprod")
_BOUNDING = ("Minimum", "Maximum", "Relu6", "RealDiv", "DivNoNan", "Div", "Mean")


def not_probabilities(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning, where the loss takes the logarithm of what nothing keeps between 0 and 1."""
    names = [name.rpartition("=")[2].strip() for name in (oplist.loss or "").split(",")]
    if oplist.mode != "train" or not all(map(_CROSSENTROPY.fullmatch, names)):
        return ()
    shape = _logged(oplist)
    if shape is None or any(requirements_in(oplist, "forward", *_SQUASHING)):
        return ()
    of_loss = list(requirements_of_loss(oplist, *_BOUNDING))
    made = (one for one in requirements_in(oplist, "forward", *_BOUNDING) if one not in of_loss)
    if any(output.shape == shape for one in made for output in one.outputs):
        return ()
    return (_finding(oplist, shape, _last(oplist, shape)),)


def _logged(oplist: OpList) -> Shape | None:
    """The shape of the predictions, where Keras clips them and takes their logarithm."""
    clipped = {
        output.shape
        for one in requirements_of_loss(oplist, "Minimum", "ClipByValue")
        for output in one.outputs
    }
    shapes = (one.inputs[0].shape for one in requirements_of_loss(oplist, "Log"))
    return next((shape for shape in shapes if shape and shape in clipped), None)


def _last(oplist: OpList, shape: Shape) -> Place:
    """The layer that makes the predictions, where only one has that shape."""
    places = {
        place_of(one)
        for one in requirements_in(oplist, "forward", "BiasAdd", "MatMul", "Relu")
        if one.outputs[0].shape == shape
    }
    return next(iter(places)) if len({place.layer for place in places}) == 1 else Place()


def _finding(oplist: OpList, shape: Shape, place: Place) -> CheckFinding:
    several = shape[-1] != 1 and not (oplist.loss or "").lower().startswith("b")
    activation = "softmax" if several else "sigmoid"
    return CheckFinding(
        code="CHK613",
        cause=Cause.LABEL_LOSS_MISMATCH,
        severity=Severity.WARNING,
        layer=place.layer,
        file=place.file,
        line=place.line,
        seen=f"The loss {oplist.loss} is given {shown_shape(shape)} numbers that no activation "
        "keeps between 0 and 1.",
        why="The loss takes them for probabilities: it cuts off what is below 0 or above 1, and "
        "where it cuts there is no gradient.",
        fix=f'Give the last layer activation="{activation}", or build the loss with '
        "from_logits=True.",
    )
