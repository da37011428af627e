"""A sized node with as much of its batch as can be run in a moment."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from envprobe.models.flops import cost_of
from envprobe.models.oplist import Requirement, Tensor
from envprobe.probe.node_sizes import elements_in, elements_of, is_elementwise, sizes_of

MOST_ELEMENTS = 1 << 18  # of all inputs and outputs
MOST_FLOPS = 1e9
# Inputs that hold the shape of another tensor, whose first size is the batch.
_SHAPES = ("shape", "dims", "input_sizes", "orig_input_shape", "output_shape", "multiples")
_WEIGHTS = ("filter", "scale", "offset", "mean", "variance", "bias")


def with_fitting_batch(node: Requirement, family: str) -> Requirement:
    """The node, or the same with fewer samples; `family` is its row's.

    Layout, channels, kernels and attributes stay. The `value` of a tensor that holds a shape
    follows the batch. What is computed element by element may lose any of its rows.
    """
    share = min(1.0, MOST_ELEMENTS / max(elements_of(node), 1))
    flops = cost_of(node).flops
    if flops:
        share = min(share, MOST_FLOPS / flops)
    names = _with_batch(node)
    if share == 1 or not names:
        return node
    rows = [one for one in (*node.inputs, *node.outputs) if one.name in names and one.shape]
    sizes = sizes_of(max(rows, key=elements_in)) if rows else ()
    if not sizes:
        return node
    long = [axis for axis, size in enumerate(sizes) if size > 1]
    elementwise = is_elementwise(node, family)
    axis = long[0] if long and elementwise else 0
    rank = len(sizes) if elementwise else None  # a shorter one is broadcast along other axes
    cut = _Cut(node.op, axis, rank, sizes[axis], max(1, int(sizes[axis] * share)), names)
    return msgspec.structs.replace(
        node,
        inputs=tuple(map(cut.tensor, node.inputs)),
        outputs=tuple(map(cut.tensor, node.outputs)),
    )


def _with_batch(node: Requirement) -> frozenset[str]:
    """The names of the tensors that have a row for each sample; none where that is not clear."""
    inputs = [tensor.name for tensor in node.inputs if tensor.name not in _WEIGHTS]
    outputs = [tensor.name for tensor in node.outputs]
    if "BackpropFilter" in node.op:
        return frozenset(inputs)
    if "MatMul" not in node.op or node.op.startswith("Batch"):
        return frozenset((*inputs, *outputs))
    left, right = node.attrs.get("transpose_a"), node.attrs.get("transpose_b")
    if left:  # the batch is what is summed over, as in the gradient of a matrix of weights
        return frozenset() if right else frozenset(inputs)
    return frozenset((*inputs[:1], *outputs))


class _Cut(NamedTuple):
    """One axis of the tensors with these names (and of this rank), cut from `size` to `fewer`."""

    op: str
    axis: int
    rank: int | None
    size: int
    fewer: int
    names: frozenset[str]

    def tensor(self, tensor: Tensor) -> Tensor:
        """The tensor with the axis cut, or the shape that it holds."""
        if isinstance(tensor.value, (list, tuple)):
            return msgspec.structs.replace(tensor, value=self._value(tensor))
        sizes = list(sizes_of(tensor))
        has_it = self.axis < len(sizes) and sizes[self.axis] == self.size
        has_it = has_it and self.rank in (None, len(sizes))
        if tensor.name not in self.names or not has_it:
            return tensor
        sizes[self.axis] = self.fewer
        return msgspec.structs.replace(tensor, shape=tuple(sizes))

    def _value(self, tensor: Tensor) -> list[Any]:
        value = list(tensor.value)
        holds_shape = tensor.name in _SHAPES or (self.op, tensor.name) == ("Slice", "size")
        if not holds_shape or not value:
            return value
        if self.op == "Reshape":
            return value if -1 in value else [-1, *value[1:]]  # whatever it was folded into
        if self.axis < len(value) and value[self.axis] == self.size:
            value[self.axis] = self.fewer
        return value
