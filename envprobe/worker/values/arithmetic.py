"""What arithmetic does to bounds, element by element: sound intervals, and what is surely NaN."""

from __future__ import annotations

import math
from typing import Any, Callable

from .domain import ALL, NONE, Value, between, unknown

Rule = Callable[[Any, list[Value]], Value]
Function = Callable[[float], float]


def _sure(function: Function) -> Function:
    """The function, with infinity where Python would raise for a number that is too large."""

    def found(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.inf

    return found


def _softplus(x: float) -> float:
    return x if x > 30 else math.log1p(math.exp(x))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


_RISING: dict[str, Function] = {
    "Exp": _sure(math.exp),
    "Expm1": _sure(math.expm1),
    "Relu": lambda x: max(x, 0.0),
    "Relu6": lambda x: min(max(x, 0.0), 6.0),
    "Sigmoid": _sigmoid,
    "Tanh": math.tanh,
    "Atan": math.atan,
    "Erf": math.erf,
    "Softplus": _softplus,
    "Elu": lambda x: x if x > 0 else math.expm1(x),
    "Softsign": lambda x: x / (1 + abs(x)) if math.isfinite(x) else math.copysign(1, x),
    "Sign": lambda x: 0.0 if x == 0 else math.copysign(1.0, x),
    "Floor": lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    "Ceil": lambda x: float(math.ceil(x)) if math.isfinite(x) else x,
    "Round": lambda x: float(round(x)) if math.isfinite(x) else x,
    "Rint": lambda x: float(round(x)) if math.isfinite(x) else x,
}
# Kernels compute these by approximations: some steps beside the true value, never beyond the ends.
_APPROXIMATE = {"Exp", "Expm1", "Sigmoid", "Tanh", "Atan", "Erf", "Softplus", "Elu", "Softsign"}
_ENDS = {"Exp": (0.0, math.inf), "Sigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0), "Erf": (-1.0, 1.0)}
_APPROXIMATION = 1e-3  # of the value and of 1: float16 and fast approximations included
_FAR = 1e6
# Defined from here on only; below it the result is NaN.
_ROOTED: dict[str, tuple[float, Function]] = {
    "Log": (0.0, lambda x: -math.inf if x == 0 else math.log(x)),
    "Log1p": (-1.0, lambda x: -math.inf if x == -1 else math.log1p(x)),
    "Sqrt": (0.0, math.sqrt),
    "Acosh": (1.0, math.acosh),
}
_DENORMAL = 1e-37  # a number below it may count as zero
# Infinity comes out of these as something finite; NaN does not.
_WASH_INFINITY = {"Exp", "Expm1", "Relu6", "Sigmoid", "Tanh", "Atan", "Erf", "Softplus", "Elu",
                  "Softsign", "Sign", "Rsqrt", "Relu", "Reciprocal", "Inv"}  # fmt: skip
# TensorFlow does not promise that these pass NaN on.
_MAY_WASH_NAN = {"Relu", "Relu6", "Sign", "Elu"}


def _dtype(op: Any) -> str:
    return str(op.outputs[0].dtype.name)


def _carried(op: Any, found: Value, source: Value) -> Value:
    """The result with what is surely not finite in its operand."""
    nan = NONE if op.type in _MAY_WASH_NAN else source.nan
    bad = nan if op.type in _WASH_INFINITY else source.bad
    return found._replace(nan=max(nan, found.nan), bad=max(bad, nan, found.bad, found.nan))


def _rising(op: Any, values: list[Value]) -> Value:
    (x,) = values
    if x.is_empty:
        return x._replace(array=None)
    low, high = _RISING[op.type](x.low), _RISING[op.type](x.high)
    if op.type in _APPROXIMATE:
        low, high = _loosened(low, high, _ENDS.get(op.type, (-math.inf, math.inf)))
    # The series behind Erf gives NaN for very large numbers, in float64 at least.
    lost = op.type == "Erf" and max(abs(x.low), abs(x.high)) > _FAR
    return _carried(op, between(low, high, _dtype(op), x.data, may_nan=x.may_nan or lost), x)


def _loosened(low: float, high: float, ends: tuple[float, float]) -> tuple[float, float]:
    low -= _APPROXIMATION * (1 + abs(low)) if math.isfinite(low) else 0
    high += _APPROXIMATION * (1 + abs(high)) if math.isfinite(high) else 0
    return max(low, ends[0]), min(high, ends[1])


def _rooted(op: Any, values: list[Value]) -> Value:
    (x,) = values
    start, function = _ROOTED[op.type]
    if x.is_empty:
        return x._replace(array=None)
    if x.high < start:
        return Value(may_nan=True, nan=ALL, bad=ALL, data=x.data)
    low, high = (one if one == math.inf else function(max(one, start)) for one in (x.low, x.high))
    if op.type != "Sqrt":
        low, high = _loosened(low, high, (-math.inf, math.inf))
    low = max(low, 0.0) if op.type == "Acosh" else low
    if op.type == "Log" and x.low < _DENORMAL and _dtype(op) != "float64":
        low = -math.inf
    found = between(low, high, _dtype(op), x.data, may_nan=x.may_nan or x.low < start)
    return _carried(op, found, x)


def _one_over_root(op: Any, values: list[Value]) -> Value:
    (x,) = values
    if x.is_empty:
        return x._replace(array=None)
    if x.high < 0:
        return Value(may_nan=True, nan=ALL, bad=ALL, data=x.data)
    if x.low <= 0:  # zero may be -0.0, of which the kernel makes minus infinity
        surely = ALL if x.high == 0 else x.nan
        return Value(may_nan=x.may_nan or x.low < 0, nan=x.nan, bad=surely, data=x.data)
    low = 0.0 if x.high == math.inf else 1 / math.sqrt(x.high)
    high = math.inf if x.low < _DENORMAL else 1 / math.sqrt(x.low)
    low, high = _loosened(low, high, (0.0, math.inf))
    return _carried(op, between(low, high, _dtype(op), x.data, may_nan=x.may_nan), x)


def _mirrored(op: Any, values: list[Value]) -> Value:
    """Neg, Abs, Square."""
    (x,) = values
    if x.is_empty:
        return x._replace(array=None)
    if op.type == "Neg":
        ends = [-x.low, -x.high]
    elif op.type == "Abs":
        ends = [abs(x.low), abs(x.high)]
    else:
        ends = [_times(x.low, x.low), _times(x.high, x.high)]
    if op.type != "Neg" and x.low <= 0 <= x.high:
        ends.append(0.0)
    return _carried(op, between(min(ends), max(ends), _dtype(op), x.data, may_nan=x.may_nan), x)


def _inverse(op: Any, values: list[Value]) -> Value:
    one = Value(1.0, 1.0, None, False)
    return _quotient(op, [one, values[0]])


def _times(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _binary(op: Any, x: Value, y: Value, ends: list[float], *, makes_nan: bool = False) -> Value:
    data = max(x.data, y.data)
    if x.is_empty or y.is_empty:
        return Value(math.inf, -math.inf, None, x.may_nan or y.may_nan, data=data)
    may_nan = x.may_nan or y.may_nan or makes_nan
    found = between(min(ends), max(ends), _dtype(op), data, may_nan=may_nan)
    if any(math.isnan(end) for end in ends):
        found = unknown(data)
    nan = max(x.nan, y.nan)
    return found._replace(nan=nan, bad=max(x.bad, y.bad, nan, found.bad))


def _sum(op: Any, values: list[Value]) -> Value:
    x, y = values
    opposite = (x.high == math.inf and y.low == -math.inf) or (
        x.low == -math.inf and y.high == math.inf
    )
    if (x.low == math.inf and y.high == -math.inf) or (x.high == -math.inf and y.low == math.inf):
        return Value(nan=ALL, bad=ALL, data=max(x.data, y.data))
    low = -math.inf if -math.inf in (x.low, y.low) else x.low + y.low
    high = math.inf if math.inf in (x.high, y.high) else x.high + y.high
    return _binary(op, x, y, [low, high], makes_nan=opposite)


def _difference(op: Any, values: list[Value]) -> Value:
    x, y = values
    same = op.inputs[0] is op.inputs[1]
    if same and not x.may_nan and math.isfinite(x.low) and math.isfinite(x.high):
        return Value(0.0, 0.0, None, False, data=x.data)
    return _sum(op, [x, y._replace(low=-y.high, high=-y.low)])


def _product(op: Any, values: list[Value]) -> Value:
    x, y = values
    if op.inputs[0] is op.inputs[1]:
        ends = [_times(x.low, x.low), _times(x.high, x.high)]
        return _binary(op, x, y, [*ends, 0.0] if x.low <= 0 <= x.high else ends)
    ends = [_times(a, b) for a in (x.low, x.high) for b in (y.low, y.high)]
    lost = any(
        a.low <= 0 <= a.high and (math.isinf(b.low) or math.isinf(b.high))
        for a, b in ((x, y), (y, x))
    )
    return _binary(op, x, y, ends, makes_nan=lost)


def _quotient(op: Any, values: list[Value]) -> Value:
    x, y = values
    data = max(x.data, y.data)
    if x.is_empty or y.is_empty:
        return Value(math.inf, -math.inf, None, x.may_nan or y.may_nan, data=data)
    if y.low == y.high == 0:  # and where it is NaN instead, so is the result
        surely = ALL if x.low == x.high == 0 else NONE
        return Value(nan=max(surely, x.nan, y.nan), bad=ALL, data=data)
    if y.low <= 0 <= y.high or math.isinf(y.low) or math.isinf(y.high):
        return Value(data=data, nan=max(x.nan, y.nan), bad=max(x.bad, x.nan, y.nan))
    ends = [a / b if math.isfinite(a) else a * math.copysign(1, b)
            for a in (x.low, x.high) for b in (y.low, y.high)]  # fmt: skip
    return _binary(op, x, y._replace(bad=y.nan), ends)


def _quotient_or_zero(op: Any, values: list[Value]) -> Value:
    """DivNoNan: zero where the divisor is zero."""
    x, y = values
    data = max(x.data, y.data)
    if y.low == y.high == 0 and not y.may_nan:
        return Value(0.0, 0.0, None, False, data=data)
    if y.low <= 0 <= y.high:
        return unknown(data)
    return _quotient(op, values)


def _larger(op: Any, values: list[Value]) -> Value:
    x, y = values
    pick = max if op.type == "Maximum" else min
    found = _binary(op, x, y, [pick(x.low, y.low), pick(x.high, y.high)])
    # Which operand wins against NaN or infinity is not promised.
    found = found._replace(low=pick(x.low, y.low), high=pick(x.high, y.high), nan=NONE, bad=NONE)
    if x.may_nan or y.may_nan:
        found = found._replace(low=min(x.low, y.low), high=max(x.high, y.high))
    return found


def _clipped(_op: Any, values: list[Value]) -> Value:
    x, low, high = values
    if x.may_nan or low.may_nan or high.may_nan:
        return unknown(x.data)
    return Value(
        min(max(x.low, low.low), high.low),
        min(max(x.high, low.high), high.high),
        None,
        False,
        data=max(one.data for one in values),
    )


def _remainder(op: Any, values: list[Value]) -> Value:
    x, y = values
    data = max(x.data, y.data)
    if x.may_nan or y.may_nan or y.low <= 0 or not op.outputs[0].dtype.is_integer:
        return unknown(data)
    if x.low >= 0 and x.high < y.low:
        return Value(x.low, x.high, None, False, data=data)
    return Value(0, y.high - 1, None, False, data=data)


def _squared_difference(op: Any, values: list[Value]) -> Value:
    d = _difference(op, values)
    if d.is_empty:
        return d
    ends = [_times(d.low, d.low), _times(d.high, d.high)]
    return _binary(op, d, d, [*ends, 0.0] if d.low <= 0 <= d.high else ends)


def _all_added(op: Any, values: list[Value]) -> Value:
    found = values[0]
    for value in values[1:]:
        found = _sum(op, [found, value])
    return found._replace(array=None)


def rules() -> dict[str, Rule]:
    """The rule of each op of arithmetic."""
    return {
        **dict.fromkeys(_RISING, _rising),
        **dict.fromkeys(_ROOTED, _rooted),
        "Rsqrt": _one_over_root,
        **dict.fromkeys(("Neg", "Abs", "Square"), _mirrored),
        **dict.fromkeys(("Reciprocal", "Inv"), _inverse),
        **dict.fromkeys(("Add", "AddV2", "BiasAdd"), _sum),
        "Sub": _difference,
        "Mul": _product,
        **dict.fromkeys(("RealDiv", "Div"), _quotient),
        "DivNoNan": _quotient_or_zero,
        **dict.fromkeys(("Maximum", "Minimum"), _larger),
        "ClipByValue": _clipped,
        "FloorMod": _remainder,
        "SquaredDifference": _squared_difference,
        "AddN": _all_added,
    }
