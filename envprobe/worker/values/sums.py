"""What reductions, products of matrices and comparisons do to bounds."""

from __future__ import annotations

import math
from typing import Any, Callable

import numpy as np

from .domain import ALL, FLOATS, NONE, Value, between, unknown

Rule = Callable[[Any, list[Value]], Value]


def _dtype(op: Any) -> str:
    return str(op.outputs[0].dtype.name)


def _reduced_count(op: Any) -> int | None:
    """How many elements go into one; None where a size is not known."""
    before, after = op.inputs[0].shape.num_elements(), op.outputs[0].shape.num_elements()
    if before is None or not after:
        return None
    return int(before // after)


def _level(op: Any, level: int) -> int:
    """What one bad element does: all of the result is bad where it is a single number."""
    return ALL if level and op.outputs[0].shape.num_elements() == 1 else level


def _carried(op: Any, found: Value, *sources: Value) -> Value:
    nan = _level(op, max(one.nan for one in sources))
    bad = _level(op, max(one.bad for one in sources))
    return found._replace(nan=nan, bad=max(nan, bad, found.bad))


def _spread(low: float, high: float, count: int, dtype: str) -> tuple[float, float]:
    """Bounds of a sum of `count` terms, rounded after each of them."""
    if dtype not in FLOATS:
        return low, high
    part = min(1.0, count * FLOATS[dtype].epsilon)
    margin = max(abs(low), abs(high)) * part if math.isfinite(low) and math.isfinite(high) else 0
    return (max(low - margin, 0.0) if low >= 0 else low - margin), (
        min(high + margin, 0.0) if high <= 0 else high + margin
    )


def _summed(op: Any, values: list[Value]) -> Value:
    x, count = values[0], _reduced_count(op)
    if x.is_empty or count is None:
        # An empty sum is zero, and so is that of zeros, however many.
        if x.constant == 0 or x.is_empty:
            return Value(0, 0, None, False, data=x.data)
        return _carried(op, _signed(x), x)
    opposite = x.low == -math.inf and x.high == math.inf
    low, high = _spread(_times(x.low, count), _times(x.high, count), count, _dtype(op))
    makes_nan = x.may_nan or opposite
    # Partial sums may leave the type although the whole does not.
    limits = FLOATS.get(_dtype(op))
    if limits and x.low < 0 < x.high and max(-low, high) > limits.largest:
        makes_nan = True
    return _carried(op, between(low, high, _dtype(op), x.data, may_nan=makes_nan), x)


def _signed(x: Value) -> Value:
    low, high = (0.0 if x.low >= 0 else -math.inf), (0.0 if x.high <= 0 else math.inf)
    return Value(low, high, None, x.may_nan or low < high == math.inf > -low, data=x.data)


def _mean(op: Any, values: list[Value]) -> Value:
    x, count = values[0], _reduced_count(op)
    if x.is_empty or count is None:
        return _carried(op, unknown(x.data), x)
    dtype = _dtype(op)
    low, high = _spread(x.low, x.high, count, dtype)
    limits = FLOATS.get(dtype)
    if limits and max(abs(low), abs(high)) * count > limits.largest:
        return _carried(op, unknown(x.data), x)  # the sum overflows before it is divided
    return _carried(op, between(low, high, dtype, x.data, may_nan=x.may_nan), x)


def _extreme(op: Any, values: list[Value]) -> Value:
    """Max, Min, MaxPool, AvgPool of neighbours: within the bounds, if there is anything."""
    x = values[0]
    if x.may_nan or (op.type in ("Max", "Min") and not _reduced_count(op)):
        return unknown(x.data)
    return x._replace(array=None, bad=x.bad if x.bad == ALL else NONE, nan=NONE)


def _averaged(op: Any, values: list[Value]) -> Value:
    x = values[0]
    if not (math.isfinite(x.low) and math.isfinite(x.high)):
        return unknown(x.data)
    low, high = _spread(x.low, x.high, 1024, _dtype(op))
    return between(low, high, _dtype(op), x.data, may_nan=x.may_nan)


def _every(op: Any, values: list[Value]) -> Value:
    x = values[0]
    if not _reduced_count(op):
        empty = 1 if op.type == "All" else 0
        return Value(min(x.low, empty), max(x.high, empty), None, False, data=x.data)
    return x._replace(array=None)


def _softmax(_op: Any, values: list[Value]) -> Value:
    x = values[0]
    safe = not x.may_nan and math.isfinite(x.low) and math.isfinite(x.high)
    found = Value(0.0, 1.0 + 1e-2, None, not safe, data=x.data)
    return found._replace(nan=x.nan, bad=x.nan)


def _half_squares(op: Any, values: list[Value]) -> Value:
    x = values[0]
    return _carried(op, Value(0.0, math.inf, None, x.may_nan, data=x.data), x)


def _matrix_product(op: Any, values: list[Value]) -> Value:
    """MatMul, BatchMatMul: by the columns of a matrix that is known, else by its bounds."""
    x, y = values[0], values[1]
    depth, columns = _depth(op), _columns(op, y)
    if depth is None or x.is_empty or y.is_empty:
        return _carried(op, unknown(max(x.data, y.data)), x, y)
    ends = _by_columns(x, columns) if columns is not None else _by_bounds(x, y, depth)
    return _products(op, x, y, ends, depth)


def _convolution(op: Any, values: list[Value]) -> Value:
    x, y = values[0], values[1]
    shape = op.inputs[1].shape
    if shape.num_elements() is None or x.is_empty or y.is_empty:
        return _carried_all(unknown(max(x.data, y.data)), x)
    if op.get_attr("padding") != b"VALID":  # zeros around the image
        x = x._replace(low=min(x.low, 0.0), high=max(x.high, 0.0))
    outputs = shape[-1] if op.type.startswith("Conv") else shape[-1] * shape[-2]
    depth = shape.num_elements() // max(outputs, 1)
    found = _products(op, x, y, _by_bounds(x, y, depth), depth)
    return _carried_all(found, x)


def _carried_all(found: Value, x: Value) -> Value:
    """A stride may pass by a bad element; it cannot pass by all."""
    nan, bad = (level if level == ALL else NONE for level in (x.nan, x.bad))
    beyond = ALL if found.low == math.inf or found.high == -math.inf else NONE
    return found._replace(nan=nan, bad=max(nan, bad, beyond))


def _products(op: Any, x: Value, y: Value, ends: tuple[float, float, float], depth: int) -> Value:
    low, high, size = ends
    data = max(x.data, y.data)
    limits = FLOATS.get(_dtype(op))
    if limits is None:
        return _carried(op, between(low, high, _dtype(op), data), x, y)
    # Rounding errors are a part of the sum of the sizes, not of the sum.
    margin = size * min(1.0, (depth + 2) * limits.epsilon) if math.isfinite(size) else math.inf
    if size == 0:
        margin = 0.0
    finite = math.isfinite(x.low + x.high + y.low + y.high)
    low, high = (low - margin, high + margin) if finite else (-math.inf, math.inf)
    may_nan = x.may_nan or y.may_nan or not finite or size > limits.largest
    if low > 0 or high < 0:
        may_nan = x.may_nan or y.may_nan or not finite
    return _carried(op, between(low, high, _dtype(op), data, may_nan=may_nan), x, y)


def _by_bounds(x: Value, y: Value, depth: int) -> tuple[float, float, float]:
    ends = [_times(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
    if any(math.isnan(end) for end in ends):
        return -math.inf, math.inf, math.inf
    size = max(map(abs, ends)) * depth if max(map(abs, ends)) else 0.0
    return _times(min(ends), depth), _times(max(ends), depth), size


def _by_columns(x: Value, columns: Any) -> tuple[float, float, float]:
    """Lowest and highest sum that any column makes of values within x's bounds."""
    if not (math.isfinite(x.low) and math.isfinite(x.high)):
        return -math.inf, math.inf, math.inf
    positive = np.maximum(columns, 0).sum(axis=0)
    negative = np.minimum(columns, 0).sum(axis=0)
    low = float((positive * x.low + negative * x.high).min())
    high = float((positive * x.high + negative * x.low).max())
    size = float((positive - negative).max()) * max(abs(x.low), abs(x.high))
    return low, high, size


def _columns(op: Any, y: Value) -> Any:
    if op.type != "MatMul" or y.array is None or y.array.size == 0 or y.may_nan:
        return None
    if not np.isfinite(y.low) or not np.isfinite(y.high):
        return None
    matrix = y.array.astype(np.float64)
    return matrix.T if op.get_attr("transpose_b") else matrix


def _depth(op: Any) -> int | None:
    shape = op.inputs[0].shape
    if shape.rank is None or shape.rank < 2:
        return None
    turned = op.get_attr("transpose_a" if op.type == "MatMul" else "adj_x")
    return None if shape[-2 if turned else -1] is None else int(shape[-2 if turned else -1])


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _truth(value: bool | None, values: list[Value]) -> Value:
    low, high = (0, 1) if value is None else (int(value),) * 2
    return Value(low, high, None, False, data=max(one.data for one in values))


def _compared(op: Any, values: list[Value]) -> Value:
    x, y = values[:2]
    if op.type in ("Greater", "GreaterEqual"):
        x, y = y, x
    strict = op.type in ("Less", "Greater")
    surely_not = x.low >= y.high if strict else x.low > y.high
    if x.is_empty or y.is_empty:
        return _truth(None, values)
    if surely_not:  # nothing is less than NaN either
        return _truth(False, values)
    if x.may_nan or y.may_nan:
        return _truth(None, values)
    return _truth(True if (x.high < y.low if strict else x.high <= y.low) else None, values)


def _equal(op: Any, values: list[Value]) -> Value:
    x, y = values[:2]
    same: bool | None = None
    if not x.is_empty and not y.is_empty and (x.high < y.low or y.high < x.low):
        same = False
    elif x.constant is not None and x.constant == y.constant:
        same = True
    if op.inputs[0].dtype.is_complex or op.inputs[0].dtype.name == "string":
        same = None
    return _truth(same if op.type == "Equal" or same is None else not same, values)


def _logical(op: Any, values: list[Value]) -> Value:
    if op.type == "LogicalNot":
        return values[0]._replace(low=1 - values[0].high, high=1 - values[0].low, array=None)
    pick = min if op.type == "LogicalAnd" else max
    x, y = values
    return Value(pick(x.low, y.low), pick(x.high, y.high), None, False, data=max(x.data, y.data))


def _finite(_op: Any, values: list[Value]) -> Value:
    x = values[0]
    if x.bad == ALL:
        return _truth(False, values)
    fine = not x.may_nan and math.isfinite(x.low) and math.isfinite(x.high)
    return _truth(True if fine and x.bad == NONE else None, values)


def rules() -> dict[str, Rule]:
    """The rule of each reduction, product of matrices and comparison."""
    return {
        "Sum": _summed,
        "Mean": _mean,
        **dict.fromkeys(("Max", "Min", "MaxPool", "MaxPool3D"), _extreme),
        **dict.fromkeys(("AvgPool", "AvgPool3D", "ResizeBilinear"), _averaged),
        **dict.fromkeys(("All", "Any"), _every),
        "Softmax": _softmax,
        "L2Loss": _half_squares,
        **dict.fromkeys(("MatMul", "BatchMatMulV2", "BatchMatMul"), _matrix_product),
        **dict.fromkeys(("Conv2D", "Conv3D", "DepthwiseConv2dNative"), _convolution),
        **dict.fromkeys(("Less", "LessEqual", "Greater", "GreaterEqual"), _compared),
        **dict.fromkeys(("Equal", "NotEqual"), _equal),
        **dict.fromkeys(("LogicalAnd", "LogicalOr", "LogicalNot"), _logical),
        "IsFinite": _finite,
    }
