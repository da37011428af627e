"""Variables and tables that a node works on: made for it, since the op list holds only handles."""

from __future__ import annotations

from typing import Any

from envprobe.models.oplist import Requirement
from envprobe.ops.row import InputSpec
from envprobe.probe.node_sizes import UNKNOWN_SIZE, sizes_of
from envprobe.probe.node_view import NodeView, Sizes

_OF_INPUT = ("value", "grad", "delta")
# What keys and values of a lookup table can be, by the kind of dtype.
_KEYS: dict[str, list[Any]] = {"string": ["alpha", "golf", "hotel"], "int": [0, 1, 2]}
_HELD: dict[str, list[Any]] = {"string": ["a", "b", "c"], "int": [3, 1, 2], "float": [3.0, 1.0]}


def variable_spec(view: NodeView, node: Requirement, row: InputSpec | None) -> InputSpec | None:
    """What to put behind a handle; None where nothing tells what it stands for."""
    if row is not None and row.values == "table":
        return _table_spec(node)
    shape = _shape(view, sizes_of(view.inputs["indices"]) if "indices" in view.inputs else None)
    dtype = node.dtypes.get("dtype", node.dtypes.get("T", "float32"))
    if shape is None or not isinstance(dtype, str):
        return None
    low, high = (row.low, row.high) if row is not None else (None, None)
    return InputSpec(dtype=dtype, shape=shape, values="variable", low=low, high=high)


def _shape(view: NodeView, indices: Sizes | None) -> Sizes | None:
    op = view.op
    if op == "VariableShape":
        return (UNKNOWN_SIZE,) * (view.result or (1,))[0]
    if op == "VarIsInitializedOp":
        return (UNKNOWN_SIZE,)
    if op == "ReadVariableOp":
        return view.result
    if indices is not None:
        return _indexed(view, indices)
    if op == "ResourceStridedSliceAssign":
        return None
    return next((view.sizes(name) for name in _OF_INPUT if name in view.inputs), None)


def _indexed(view: NodeView, indices: Sizes) -> Sizes | None:
    """A variable of a few rows that is read or written at indices."""
    op = view.op
    if op == "ResourceGather":
        batch = int(view.attrs.get("batch_dims", 0))
        return (*view.result[:batch], UNKNOWN_SIZE, *view.result[len(indices) :])
    if op == "ResourceGatherNd":
        return _rows_at(indices, view.result)
    if op.startswith("ResourceScatterNd"):
        return _rows_at(indices, view.sizes("updates"))
    if op.startswith("ResourceScatter"):
        return (UNKNOWN_SIZE, *view.sizes("updates")[len(indices) :])
    if op.startswith("ResourceSparseApply"):
        return (UNKNOWN_SIZE, *view.sizes("grad")[1:])
    return None


def _rows_at(indices: Sizes, slices: Sizes) -> Sizes | None:
    if not indices:
        return None
    return (*[UNKNOWN_SIZE] * indices[-1], *slices[len(indices) - 1 :])


def _table_spec(node: Requirement) -> InputSpec | None:
    keys, held = node.dtypes.get("Tin"), node.dtypes.get("Tout")
    if not isinstance(keys, str) or not isinstance(held, str):
        return None
    kinds = keys.rstrip("0123456789"), held.rstrip("0123456789")
    if kinds[0] not in _KEYS or kinds[1] not in _HELD:
        return None
    count = min(len(_KEYS[kinds[0]]), len(_HELD[kinds[1]]))
    literal = {
        "keys": _KEYS[kinds[0]][:count],
        "values": _HELD[kinds[1]][:count],
        "dtypes": {"keys": keys, "values": held},
    }
    return InputSpec(dtype=held, shape=(count,), values="table", literal=literal)
