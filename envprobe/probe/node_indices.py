"""Inputs that are looked up with: labels, indices and ids within the bounds of what they name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from envprobe.ops.row import InputSpec
from envprobe.probe.node_sizes import UNKNOWN_SIZE, sizes_of
from envprobe.probe.node_view import NodeView

Rule = Callable[[NodeView], InputSpec | None]


def index_spec(view: NodeView) -> InputSpec | None:
    """How indices for the input are made; None where the op does not look up with it."""
    name = view.tensor.name.partition(":")[0]
    rule = _RULES.get((view.op, name)) or _family_rule(view.op, name)
    return rule(view) if rule else None


def _below(high: int) -> InputSpec:
    return InputSpec(values="index", low=0, high=max(1, high))


def _literal(value: Any) -> InputSpec:
    return InputSpec(literal=value)


def _into(argument: str, axis: int = 0) -> Rule:
    """Indices into one axis of another input."""

    def rule(view: NodeView) -> InputSpec:
        sizes = view.sizes(argument)
        return _below(sizes[axis] if -len(sizes) <= axis < len(sizes) else 1)

    return rule


def _gathered(view: NodeView) -> InputSpec | None:
    return _into("params", view.number("axis", 0))(view)


def _into_each_axis(argument: str) -> Rule:
    """Rows of indices, one for each of the first axes: within the smallest of them."""

    def rule(view: NodeView) -> InputSpec:
        depth = (view.shape or (1,))[-1]
        sizes = view.sizes(argument) or view.result
        return _below(min(sizes[:depth], default=1))

    return rule


def _into_result(view: NodeView) -> InputSpec:
    depth = (view.shape or (1,))[-1]
    return _below(min(view.result[:depth], default=1))


def _into_variable(_: NodeView) -> InputSpec:
    return _below(UNKNOWN_SIZE)  # as many rows as `node_variables` gives it


def _segments(view: NodeView) -> InputSpec:
    """Sorted, and each segment named, so that none is empty."""
    size = math.prod(view.shape)
    rows = view.told_result[0] if view.told_result else None
    wanted = (view.result or (1,))[0] if rows is not None else max(1, size // 2)
    return InputSpec(values="segment_ids", high=max(1, min(wanted, size)))


def _segments_of_gradient(view: NodeView) -> InputSpec:
    size = math.prod(view.shape)
    return InputSpec(values="segment_ids", high=max(1, min((view.sizes("grad") or (1,))[0], size)))


def _unsorted_segments(view: NodeView) -> InputSpec:
    return _below(view.number("num_segments", (view.result or (1,))[0]))


def _classes(view: NodeView) -> InputSpec:
    return _below(view.number("depth", (view.result or (2,))[int(view.attrs.get("axis", -1))]))


def _bins(view: NodeView) -> InputSpec:
    return _below(view.number("size", (view.result or (1,))[-1]))


def _partitions(view: NodeView) -> InputSpec:
    return _below(int(view.attrs.get("num_partitions", 1)))


def _lengths(view: NodeView) -> InputSpec:
    sizes = view.sizes("input")
    axis = int(view.attrs.get("seq_dim", 0))
    longest = sizes[axis] if axis < len(sizes) else 1
    return InputSpec(values="index", low=min(1, longest), high=longest + 1)


def _stitched(view: NodeView) -> InputSpec:
    """Every row of the result once: the lists of indices count on."""
    before = 0
    for other in view.of_list("indices"):
        if other.name == view.tensor.name:
            break
        before += math.prod(sizes_of(other))
    count = math.prod(view.shape)
    return _literal(_shaped(list(range(before, before + count)), view.shape))


def _inverted(_: NodeView) -> InputSpec:
    return InputSpec(values="permutation")


def _ctc_indices(view: NodeView) -> InputSpec:
    """`[sample, position]` of each label, in order, as many for each sample."""
    batch = max(1, (view.sizes("inputs") or (1, 1))[1])
    count = (view.shape or (0,))[0]
    each = -(-count // batch)
    return _literal([[index // each, index % each] for index in range(count)])


def _ctc_labels(view: NodeView) -> InputSpec:
    classes = (view.sizes("inputs") or (2,))[-1]
    high = max(1, classes - 1)  # the last is the blank, in cuDNN's version the first
    return InputSpec(values="index", low=min(1, high - 1), high=high)


def _ctc_lengths(view: NodeView) -> InputSpec:
    steps = (view.sizes("inputs") or (1,))[0]
    return _literal([steps] * math.prod(view.shape))


def _sparse_places(shape: str) -> Rule:
    """Places of a sparse tensor, each once and in order, within its dense shape."""

    def rule(view: NodeView) -> InputSpec | None:
        count, rank = (*view.shape, 1)[:2]
        dense = view.value(shape)
        if shape == "a_shape" and dense is None and view.op == "SparseTensorDenseMatMul":
            dense = [(view.result or (1,))[0], (view.sizes("b") or (1,))[0]]
        if not isinstance(dense, (list, tuple)) or len(dense) != rank:
            return None
        if count > math.prod(dense):
            return None
        return _literal([_unravelled(index, dense) for index in range(count)])

    return rule


def _unravelled(index: int, dense: list[int] | tuple[int, ...]) -> list[int]:
    place = []
    for size in reversed(dense):
        place.append(index % size)
        index //= size
    return place[::-1]


def _shaped(values: list[int], sizes: tuple[int, ...]) -> Any:
    if len(sizes) <= 1:
        return values if sizes else values[0]
    step = math.prod(sizes[1:])
    return [_shaped(values[at * step : (at + 1) * step], sizes[1:]) for at in range(sizes[0])]


def _partitioned_rows(view: NodeView) -> InputSpec | None:
    """A few rows of a ragged tensor, told as its attribute says: a count, ids or limits."""
    kinds = view.attrs.get("row_partition_types", ())
    at = int(view.tensor.name.partition(":")[2] or 0)
    kind = kinds[at] if at < len(kinds) else None
    values = math.prod(view.sizes("values")[:1])
    if kind == "FIRST_DIM_SIZE":
        return _literal(UNKNOWN_SIZE)
    if kind == "VALUE_ROWIDS":
        return InputSpec(values="segment_ids", high=max(1, min(UNKNOWN_SIZE, view.length)))
    if kind == "ROW_SPLITS":
        rows = max(1, view.length - 1)
        return _literal([values * row // rows for row in range(rows + 1)])
    return None


def _family_rule(op: str, name: str) -> Rule | None:
    if op.startswith("SparseSegment"):
        return _of_sparse_segments(op, name)
    rules = (rule for head, argument, rule in _FAMILIES if op.startswith(head) and name == argument)
    return next(rules, None)


def _of_sparse_segments(op: str, name: str) -> Rule | None:
    if op.endswith(("Grad", "GradV2")):
        return {"indices": _into_result, "segment_ids": _segments_of_gradient}.get(name)
    return {"indices": _into("data"), "segment_ids": _segments}.get(name)


_FAMILIES: tuple[tuple[str, str, Rule], ...] = (
    ("UnsortedSegment", "segment_ids", _unsorted_segments),
    ("Segment", "segment_ids", _segments),
    ("TensorScatter", "indices", _into_each_axis("tensor")),
    ("ResourceSparseApply", "indices", _into_variable),
    ("ResourceScatter", "indices", _into_variable),
)
_RULES: dict[tuple[str, str], Rule] = {
    ("Gather", "indices"): _into("params"),
    ("GatherV2", "indices"): _gathered,
    ("GatherNd", "indices"): _into_each_axis("params"),
    ("ResourceGather", "indices"): _into_variable,
    ("ResourceGatherNd", "indices"): _into_variable,
    ("ScatterNd", "indices"): _into_result,
    ("ScatterNdNonAliasingAdd", "indices"): _into_each_axis("input"),
    ("SparseSoftmaxCrossEntropyWithLogits", "labels"): _into("features", -1),
    ("InTopKV2", "targets"): _into("predictions", 1),
    ("InTopK", "targets"): _into("predictions", 1),
    ("OneHot", "indices"): _classes,
    ("Bincount", "arr"): _bins,
    ("DenseBincount", "input"): _bins,
    ("CropAndResize", "box_ind"): _into("image"),
    ("CropAndResizeGradBoxes", "box_ind"): _into("image"),
    ("CropAndResizeGradImage", "box_ind"): lambda view: _below((view.result or (1,))[0]),
    ("ReverseSequence", "seq_lengths"): _lengths,
    ("DynamicPartition", "partitions"): _partitions,
    ("DynamicStitch", "indices"): _stitched,
    ("ParallelDynamicStitch", "indices"): _stitched,
    ("RaggedTensorToTensor", "row_partition_tensors"): _partitioned_rows,
    ("InvertPermutation", "x"): _inverted,
    ("CTCLoss", "labels_indices"): _ctc_indices,
    ("CTCLossV2", "labels_indices"): _ctc_indices,
    ("CTCLoss", "labels_values"): _ctc_labels,
    ("CTCLossV2", "labels_values"): _ctc_labels,
    ("CTCLoss", "sequence_length"): _ctc_lengths,
    ("CTCLossV2", "sequence_length"): _ctc_lengths,
    ("CTCGreedyDecoder", "sequence_length"): _ctc_lengths,
    ("CTCBeamSearchDecoder", "sequence_length"): _ctc_lengths,
    ("SparseTensorDenseMatMul", "a_indices"): _sparse_places("a_shape"),
    ("SparseToDense", "sparse_indices"): _sparse_places("output_shape"),
    ("SparseReorder", "input_indices"): _sparse_places("input_shape"),
    ("SparseReshape", "input_indices"): _sparse_places("input_shape"),
    ("SparseReduceSum", "input_indices"): _sparse_places("input_shape"),
    ("SparseSoftmax", "sp_indices"): _sparse_places("sp_shape"),
    ("SparseDenseCwiseMul", "sp_indices"): _sparse_places("sp_shape"),
    ("SparseFillEmptyRows", "indices"): _sparse_places("dense_shape"),
    ("SparseSlice", "indices"): _sparse_places("shape"),
}
