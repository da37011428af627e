"""A model's node with every size known: what the model leaves open is given one that fits."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from envprobe.models.oplist import Requirement, Shape, Tensor

UNKNOWN_SIZE = 12  # 2, 3, 4 and 6 divide it, as splits ask
_ONE_OF_MANY = 2  # where a tensor has more open sizes than batch, height and width
_FEW = 3
# Inputs whose first axes are as long as those of another input.
_ROWS_OF = {
    "updates": ("indices",),
    "indices": ("updates",),
    "segment_ids": ("data", "indices"),
    "data": ("segment_ids",),
    "labels": ("features",),
    "partitions": ("data",),
}
# Ops whose tensors have one shape, or are broadcast to it.
_BROADCASTING = ("SelectV2", "Select", "BroadcastTo", "AddN", "ClipByValue")
_IN_ROWS = ("TensorScatter", "ScatterNd", "GatherNd")  # one row of indices for each place
_BROADCASTING_FAMILIES = ("elementwise", "comparison", "bitwise", "activation", "cast")
_UPDATING_FAMILIES = ("optimizer", "resource")


def with_known_sizes(requirement: Requirement, family: str) -> Requirement:
    """The node with sizes for all axes; `family` is its row's."""
    broadcasts = _broadcasts(requirement, family)
    filled = {
        one.name: _filled(requirement, one, broadcasts=broadcasts)
        for one in (*requirement.inputs, *requirement.outputs)
    }
    if requirement.op == "Reshape":
        filled.update(_reshaped(requirement))
    return msgspec.structs.replace(
        requirement,
        inputs=tuple(filled[one.name] for one in requirement.inputs),
        outputs=tuple(filled[one.name] for one in requirement.outputs),
    )


def is_elementwise(node: Requirement, family: str) -> bool:
    """Whether each element of the result comes of the elements in the same place."""
    at_indices = any(tensor.name == "indices" for tensor in node.inputs)
    updates = family in _UPDATING_FAMILIES and not at_indices
    return updates or _broadcasts(node, family)


def _broadcasts(node: Requirement, family: str) -> bool:
    return family in _BROADCASTING_FAMILIES or node.op in _BROADCASTING


def sizes_of(tensor: Tensor) -> tuple[int, ...]:
    """The tensor's shape, once every size of it is known."""
    return tuple(size or 0 for size in tensor.shape or ())


def elements_in(tensor: Tensor) -> int:
    """How many elements it has, once every size of it is known."""
    return math.prod(sizes_of(tensor))


def elements_of(requirement: Requirement) -> int:
    """How many elements all inputs and outputs have together."""
    return sum(map(elements_in, (*requirement.inputs, *requirement.outputs)))


def _filled(node: Requirement, tensor: Tensor, *, broadcasts: bool) -> Tensor:
    shape = tensor.shape if tensor.shape is not None else _shape_of_unknown_rank(node, tensor)
    gone = node.attrs.get("squeeze_dims", ()) if tensor in node.inputs else ()
    ones = {axis % len(shape) for axis in gone if shape}
    open_size = UNKNOWN_SIZE if _most_open(node) <= _FEW else _ONE_OF_MANY

    def size_of(axis: int) -> int:
        told = shape[axis]
        if told is not None or axis in ones:
            return 1 if told is None else told
        return next(_sizes_beside(node, tensor, axis - len(shape), broadcasts), open_size)

    return msgspec.structs.replace(tensor, shape=tuple(map(size_of, range(len(shape)))))


def _most_open(node: Requirement) -> int:
    shapes = [tensor.shape or () for tensor in (*node.inputs, *node.outputs)]
    return max((shape.count(None) for shape in shapes), default=0)


def _reshaped(node: Requirement) -> Iterator[tuple[str, Tensor]]:
    """The tensor of a Reshape to a known shape: its first open size holds all that is left."""
    told, result = node.inputs[0].shape, node.outputs[0].shape if node.outputs else None
    if told is None or None not in told or result is None or None in result:
        return
    known = math.prod(size for size in told if size is not None)
    left = math.prod(size or 0 for size in result) // max(known, 1)
    sizes = [1 if size is None else size for size in told]
    sizes[told.index(None)] = left
    yield node.inputs[0].name, msgspec.structs.replace(node.inputs[0], shape=tuple(sizes))


def _shape_of_unknown_rank(node: Requirement, tensor: Tensor) -> Shape:
    """That of another tensor of the same dtype, else a vector, or rows that can be used so."""
    shapes = [
        one.shape
        for one in (*node.inputs, *node.outputs)
        if one.dtype == tensor.dtype and one.shape is not None
    ]
    if tensor.name == "indices" and node.op.startswith(_IN_ROWS):
        return (None, 1)
    return shapes[0] if shapes else (None,) * (1 + len(node.attrs.get("squeeze_dims", ())))


def _sizes_beside(
    node: Requirement, tensor: Tensor, from_end: int, broadcasts: bool
) -> Iterator[int]:
    """What other tensors of the node say of one axis, counted from the last one: -1."""
    rank = len(tensor.shape or ())
    for other in (*node.outputs, *node.inputs):
        told = other.shape or ()
        size: int | None = None
        if broadcasts and -from_end <= len(told):
            size = told[from_end]
        elif from_end == -rank and other.name in _ROWS_OF.get(tensor.name, ()) and told:
            size = told[0]
        # An input's 1 is broadcast, the result's is not.
        if size is not None and (size > 1 or not broadcasts or other in node.outputs):
            yield size
