"""CHK612: batch normalisation over a single value, which gives 0."""

from __future__ import annotations

from envprobe.check.advice.shown import place_of, requirements_in, shown_shape, tensor_of
from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList, Requirement, Shape
from envprobe.terms import Cause, Severity

_FUSED = ("FusedBatchNormV3", "FusedBatchNormV2", "FusedBatchNorm")
# The moving averages of a layer are variables that its own forward pass changes.
_REMEMBERS = ("AssignVariableOp", "AssignSubVariableOp", "AssignAddVariableOp")


def single_value_norm(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning a layer that normalises each channel by one value of the batch."""
    if oplist.mode != "train":
        return ()
    found = {place_of(one).layer: one for one in _fused(oplist)}
    found |= {place_of(one).layer: one for one in _written_out(oplist)}
    return tuple(_finding(one) for one in found.values())


def _fused(oplist: OpList) -> list[Requirement]:
    return [
        one
        for one in requirements_in(oplist, "forward", *_FUSED)
        if one.attrs.get("is_training") is True and _values(one.inputs[0].shape, one) == 1
    ]


def _values(shape: Shape | None, one: Requirement) -> int | None:
    """How many values of a channel there are."""
    if shape is None or None in shape:
        return None
    channels = 1 if str(one.attrs.get("data_format")).startswith("NC") else len(shape) - 1
    values = 1
    for at, size in enumerate(shape):
        values *= 1 if at == channels else (size or 0)
    return values


def _written_out(oplist: OpList) -> list[Requirement]:
    """Variances of one value, in layers that keep moving averages."""
    remembering = {
        place.layer
        for one in requirements_in(oplist, "forward", *_REMEMBERS)
        for place in one.places
    } - {None}
    squares = [
        one
        for one in requirements_in(oplist, "forward", "SquaredDifference")
        if place_of(one).layer in remembering
        and one.inputs[0].shape == one.inputs[1].shape
        and one.inputs[0].shape is not None
    ]
    means = {
        (place.layer, one.inputs[0].shape)
        for one in requirements_in(oplist, "forward", "Mean")
        for place in one.places
        if _over_one(one)
    }
    return [one for one in squares if (place_of(one).layer, one.inputs[0].shape) in means]


def _over_one(mean: Requirement) -> bool:
    axes = tensor_of(mean.inputs, "reduction_indices", "axis")
    shape = mean.inputs[0].shape
    if axes is None or axes.value is None or shape is None:
        return False
    listed = (axes.value,) if isinstance(axes.value, int) else tuple(axes.value)
    return all(-len(shape) <= at < len(shape) and shape[at] == 1 for at in listed)


def _finding(one: Requirement) -> CheckFinding:
    place = place_of(one)
    return CheckFinding(
        code="CHK612",
        cause=Cause.BENIGN,
        severity=Severity.WARNING,
        op=one.op,
        layer=place.layer,
        file=place.file,
        line=place.line,
        seen=f"Layer {place.layer!r} normalises {shown_shape(one.inputs[0].shape)}: each channel "
        "has a single value.",
        why="A value minus its own mean is 0. While training the layer gives its offset whatever "
        "it is fed, and the layers before it get no gradient.",
        fix="Train with a batch of more than one sample, or take LayerNormalization.",
    )
