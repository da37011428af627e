"""Reductions to indices, construction, search, sets and ragged ranges in numpy."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]


def _reduced(function: Callable[..., Any]) -> Callable[[Inputs, Attrs], list[Any]]:
    def reference(inputs: Inputs, attrs: Attrs) -> list[Any]:
        return [function(inputs["input"], axis=tuple(inputs["reduction_indices"]))]

    return reference


def _arg(function: Callable[..., Any]) -> Callable[[Inputs, Attrs], list[Any]]:
    return lambda inputs, attrs: [function(inputs["input"], axis=int(inputs["dimension"]))]


def _bincount(inputs: Inputs, attrs: Attrs) -> list[Any]:
    values = inputs["arr"] if "arr" in inputs else inputs["input"]
    return [np.bincount(values, weights=inputs["weights"], minlength=int(inputs["size"]))]


def _histogram(inputs: Inputs, attrs: Attrs) -> list[Any]:
    low, high = (float(bound) for bound in inputs["value_range"])
    return [np.histogram(inputs["values"], int(inputs["nbins"]), (low, high))[0]]


def _one_hot(inputs: Inputs, attrs: Attrs) -> list[Any]:
    hot = np.eye(int(inputs["depth"]), dtype=bool)[inputs["indices"]]
    return [np.where(hot, inputs["on_value"], inputs["off_value"])]


def _range(inputs: Inputs, attrs: Attrs) -> list[Any]:
    return [np.arange(inputs["start"], inputs["limit"], inputs["delta"])]


def _broadcast_gradient_args(inputs: Inputs, attrs: Attrs) -> list[Any]:
    s0, s1 = inputs["s0"], inputs["s1"]
    return [
        np.flatnonzero((s0 == 1) & (s1 != 1)),
        np.flatnonzero((s1 == 1) & (s0 != 1)),
    ]


def _concat_offset(inputs: Inputs, attrs: Attrs) -> list[Any]:
    axis, shapes = int(inputs["concat_dim"]), inputs["shape"]
    begins = np.cumsum([0] + [shape[axis] for shape in shapes])
    return [np.eye(len(shape), dtype=np.int64)[axis] * at for shape, at in zip(shapes, begins)]


def _zeros(shape: tuple[int, ...], dtype: str) -> Any:
    return np.full(shape, b"", dtype=object) if dtype == "string" else np.zeros(shape)


def _bound(side: Any) -> Callable[[Inputs, Attrs], list[Any]]:
    def reference(inputs: Inputs, attrs: Attrs) -> list[Any]:
        pairs = zip(inputs["sorted_inputs"], inputs["values"])
        return [np.stack([np.searchsorted(row, wanted, side) for row, wanted in pairs])]

    return reference


def _list_diff(inputs: Inputs, attrs: Attrs) -> list[Any]:
    kept = np.flatnonzero(~np.isin(inputs["x"], inputs["y"]))
    return [inputs["x"][kept], kept]


def _unique(inputs: Inputs, attrs: Attrs) -> list[Any]:
    """Values in the order in which they first appear, unlike numpy's."""
    x = inputs["x"]
    order = list(dict.fromkeys(x.tolist()))
    where = np.array([order.index(value) for value in x.tolist()])
    return [np.array(order, dtype=x.dtype), where, np.bincount(where)]


def _top_k(inputs: Inputs, attrs: Attrs) -> list[Any]:
    x, k = inputs["input"], int(inputs["k"])
    order = np.argsort(x, axis=-1, kind="stable")[..., ::-1][..., :k]
    return [np.take_along_axis(x, order, -1), order]


def _in_top_k(inputs: Inputs, attrs: Attrs) -> list[Any]:
    predictions, targets = inputs["predictions"], inputs["targets"].astype(np.int64)
    own = np.take_along_axis(predictions, targets[:, None], 1)
    return [(predictions > own).sum(1) < int(inputs["k"])]


def _segment_mean(inputs: Inputs, attrs: Attrs) -> list[Any]:
    data, ids = inputs["data"], inputs["segment_ids"]
    means = [data[ids == i].sum(0) / (ids == i).sum() for i in range(int(ids.max()) + 1)]
    exact = data.dtype.kind in "iu"  # integers are divided as C++ divides them
    return [np.trunc(np.stack(means)) if exact else np.stack(means)]


def _ragged_range(inputs: Inputs, attrs: Attrs) -> list[Any]:
    bounds = zip(inputs["starts"], inputs["limits"], inputs["deltas"])
    rows = [np.arange(start, limit, delta) for start, limit, delta in bounds]
    return [np.cumsum([0] + [len(row) for row in rows]), np.concatenate(rows)]


def _table_find(inputs: Inputs, attrs: Attrs) -> list[Any]:
    table: dict[Any, int] = {b"alpha": 11, b"golf": 12, b"hotel": 13}  # the row's literals
    table.update({3_000_000_003: 11, 5_000_000_005: 12, 8_000_000_008: 13})
    keys = [key.encode() if isinstance(key, str) else key for key in inputs["keys"].tolist()]
    return [np.array([table.get(key, int(inputs["default_value"])) for key in keys])]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "All": _reduced(np.all),
    "Any": _reduced(np.any),
    "ArgMax": _arg(np.argmax),
    "ArgMin": _arg(np.argmin),
    "Bincount": _bincount,
    "BroadcastArgs": lambda inputs, attrs: [
        np.array(np.broadcast_shapes(tuple(inputs["s0"]), tuple(inputs["s1"])))
    ],
    "BroadcastGradientArgs": _broadcast_gradient_args,
    "Bucketize": lambda inputs, attrs: [
        np.searchsorted(attrs["boundaries"], inputs["input"], side="right")
    ],
    "ConcatOffset": _concat_offset,
    "DenseBincount": _bincount,
    "Empty": lambda inputs, attrs: [_zeros(tuple(inputs["shape"]), attrs["dtype"])],
    "Fill": lambda inputs, attrs: [np.full(inputs["dims"], inputs["value"])],
    "HistogramFixedWidth": _histogram,
    "InTopKV2": _in_top_k,
    "InvertPermutation": lambda inputs, attrs: [np.argsort(inputs["x"])],
    "LinSpace": lambda inputs, attrs: [
        np.linspace(inputs["start"], inputs["stop"], int(inputs["num"]))
    ],
    "ListDiff": _list_diff,
    "LookupTableFindV2": _table_find,
    "LowerBound": _bound("left"),
    "NthElement": lambda inputs, attrs: [np.sort(inputs["input"], -1)[..., int(inputs["n"])]],
    "OneHot": _one_hot,
    "RaggedRange": _ragged_range,
    "Range": _range,
    "Rank": lambda inputs, attrs: [np.array(inputs["input"].ndim)],
    "SegmentMean": _segment_mean,
    "Shape": lambda inputs, attrs: [np.array(inputs["input"].shape)],
    "ShapeN": lambda inputs, attrs: [np.array(fed.shape) for fed in inputs["input"]],
    "Size": lambda inputs, attrs: [np.array(inputs["input"].size)],
    "TopKV2": _top_k,
    "Unique": lambda inputs, attrs: _unique(inputs, attrs)[:2],
    "UniqueV2": lambda inputs, attrs: _unique(inputs, attrs)[:2],
    "UniqueWithCounts": _unique,
    "UniqueWithCountsV2": _unique,
    "UnravelIndex": lambda inputs, attrs: [
        np.stack(np.unravel_index(inputs["indices"], inputs["dims"]))
    ],
    "UpperBound": _bound("right"),
    "Where": lambda inputs, attrs: [np.argwhere(inputs["input"])],
}
