"""What ops do to bounds that only move, choose or count elements: labels and ids go this way."""

from __future__ import annotations

import math
from typing import Any, Callable

from .domain import ALL, KNOWN, NONE, Value, between, either, joined, unknown

Rule = Callable[[Any, list[Value]], Value]
# All elements of the first input, elsewhere.
_ALL_OF_IT = (
    "Identity", "Reshape", "Squeeze", "ExpandDims", "Transpose", "Tile", "BroadcastTo",
    "ReverseV2", "StopGradient", "PreventGradient", "Snapshot", "EnsureShape", "CheckNumerics",
    "DepthToSpace", "SpaceToDepth", "IdentityN", "Bitcast",
)  # fmt: skip
_PART_OF_IT = (
    "Slice", "StridedSlice", "GatherV2", "Gather", "GatherNd", "Unpack", "MirrorPad", "TopKV2",
    "ResizeNearestNeighbor", "SplitV",
)  # fmt: skip


def _whole_of_it(op: Any, values: list[Value]) -> Value:
    return values[0]._replace(array=None) if op.type != "Bitcast" else unknown(values[0].data)


def _part(_op: Any, values: list[Value]) -> Value:
    return _chosen(values[0], values)


def _split(_op: Any, values: list[Value]) -> Value:
    return _chosen(values[1], values)


def _chosen(source: Value, values: list[Value]) -> Value:
    return source._replace(
        array=None,
        nan=source.nan if source.nan == ALL else NONE,
        bad=source.bad if source.bad == ALL else NONE,
        data=max(one.data for one in values),
    )


def _concatenated(_op: Any, values: list[Value]) -> Value:
    return joined(values[:-1])


def _packed(_op: Any, values: list[Value]) -> Value:
    return joined(values)


def _stitched(_op: Any, values: list[Value]) -> Value:
    return joined(values[len(values) // 2 :])  # before them, as many lists of places


def _padded(_op: Any, values: list[Value]) -> Value:
    zero = Value(0, 0, None, False)
    # Nobody knows whether anything is added at all.
    return either(values[0], joined((values[0], values[2] if len(values) > 2 else zero)))


def _selected(_op: Any, values: list[Value]) -> Value:
    which, yes, no = values
    if which.constant is not None:
        # With the other side broadcast, elements of this one are never lost.
        return (yes if which.constant else no)._replace(array=None)
    return either(_chosen(yes, values), _chosen(no, values))


def _filled(_op: Any, values: list[Value]) -> Value:
    return values[1]._replace(array=None)


def _zeros(_op: Any, _values: list[Value]) -> Value:
    return Value(0, 0, None, False)


def _ones(_op: Any, _values: list[Value]) -> Value:
    return Value(1, 1, None, False)


def _largest_at(op: Any, values: list[Value]) -> Value:
    """ArgMax, ArgMin: a place along one axis."""
    axis, shape = values[1].constant, op.inputs[0].shape
    size = None if axis is None or shape.rank is None else shape[int(axis)]
    return Value(0, math.inf if size is None else size - 1, None, False, data=values[0].data)


def _hot(_op: Any, values: list[Value]) -> Value:
    _, _, on, off = values
    return either(on, off)._replace(data=max(one.data for one in values))


def _cast(op: Any, values: list[Value]) -> Value:
    source, kind = values[0], op.outputs[0].dtype
    if kind.is_complex or op.inputs[0].dtype.is_complex:
        return unknown(source.data)
    if kind.is_bool:
        known = source.constant
        low, high = (0, 1) if known is None else (int(known != 0),) * 2
        return Value(low, high, None, False, data=source.data)
    if kind.is_integer:
        # What NaN or infinity becomes differs between processors.
        if source.may_nan or math.isinf(source.low) or math.isinf(source.high):
            return between(-math.inf, math.inf, kind.name, source.data)
        return between(math.trunc(source.low), math.trunc(source.high), kind.name, source.data)
    found = between(source.low, source.high, kind.name, source.data, may_nan=source.may_nan)
    return found._replace(nan=source.nan, bad=max(source.bad, found.bad), origin=source.origin)


def _unit(_op: Any, _values: list[Value]) -> Value:
    return Value(0.0, 1.0, None, False, data=KNOWN)


def rules() -> dict[str, Rule]:
    """The rule of each op that moves or chooses."""
    return {
        **dict.fromkeys(_ALL_OF_IT, _whole_of_it),
        **dict.fromkeys(_PART_OF_IT, _part),
        "Split": _split,
        "ConcatV2": _concatenated,
        "Pack": _packed,
        "DynamicStitch": _stitched,
        "Pad": _padded,
        "PadV2": _padded,
        "Select": _selected,
        "SelectV2": _selected,
        "Fill": _filled,
        "ZerosLike": _zeros,
        "OnesLike": _ones,
        "ArgMax": _largest_at,
        "ArgMin": _largest_at,
        "OneHot": _hot,
        "Cast": _cast,
        "RandomUniform": _unit,
        "StatelessRandomUniform": _unit,
        "StatelessRandomUniformV2": _unit,
    }
