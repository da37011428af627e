"""What is known of a tensor's values before it runs: all of them, their bounds, or nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

MOST_ELEMENTS = 1 << 18  # of an array that is followed element by element

# Whom the values depend on: nobody's data, data whose range was told, data of any value.
KNOWN, TOLD, UNTOLD = 0, 1, 2
# How many elements are surely NaN, or surely not finite.
NONE, SOME, ALL = 0, 1, 2


class Float(NamedTuple):
    """The limits of a floating point type."""

    largest: float
    epsilon: float
    smallest: float  # positive one that is not denormal: below it kernels may give 0


FLOATS = {
    "float16": Float(65504.0, 2.0**-10, 2.0**-14),
    "bfloat16": Float((2 - 2.0**-7) * 2.0**127, 2.0**-7, 2.0**-126),
    "float32": Float((2 - 2.0**-23) * 2.0**127, 2.0**-23, 2.0**-126),
    "float64": Float(1.7976931348623157e308, 2.0**-52, 2.0**-1022),
}


class Value(NamedTuple):
    """A tensor's values: each lies in [`low`, `high`] or is NaN, where `may_nan`.

    `array` holds them all, None where they are not known. `nan` and `bad` say how many are surely
    NaN, and surely NaN or infinite; `origin` is the node that made them so.
    """

    low: float = -math.inf
    high: float = math.inf
    array: Any = None
    may_nan: bool = True
    nan: int = NONE
    bad: int = NONE
    data: int = KNOWN
    origin: Any = None

    @property
    def is_empty(self) -> bool:
        """No element at all."""
        return self.low > self.high

    @property
    def constant(self) -> float | None:
        """The one value that all elements have; None where they may differ."""
        return self.low if self.low == self.high and not self.may_nan else None


def unknown(data: int) -> Value:
    """Any values whatever."""
    return Value(data=data)


def of_array(array: Any, data: int = KNOWN) -> Value:
    """Exactly these values; of a large array only the bounds are kept."""
    kept = array if array.size <= MOST_ELEMENTS else None
    if array.dtype.kind not in "biuf" and not _is_small_float(array.dtype):
        return Value(array=kept, data=data)
    if array.size == 0:
        return Value(math.inf, -math.inf, kept, False, data=data)
    if array.dtype.kind in "biu":
        return Value(int(array.min()), int(array.max()), kept, False, data=data)
    wide = array.astype(np.float32) if _is_small_float(array.dtype) else array
    nans, infinite = np.isnan(wide), np.isinf(wide)
    some_nan = bool(nans.any())
    real = wide[~nans] if some_nan else wide
    low, high = (float(real.min()), float(real.max())) if real.size else (math.inf, -math.inf)
    return Value(
        *((low, high) if real.size else (-math.inf, math.inf)),
        kept,
        some_nan,
        _level(nans),
        _level(nans | infinite),
        data,
    )


def between(low: float, high: float, dtype: str, data: int, *, may_nan: bool = False) -> Value:
    """Values between these bounds after they were computed and rounded in `dtype`."""
    if math.isnan(low) or math.isnan(high):
        return unknown(data)
    if low > high:
        return Value(low, high, None, may_nan, data=data)
    if dtype in FLOATS:
        low, high = _outward(low, high, FLOATS[dtype])
    else:
        low, high = _whole(low, high, dtype)
    beyond = ALL if low == math.inf or high == -math.inf else NONE
    return Value(low, high, None, may_nan, NONE, beyond, data)


def joined(values: Iterable[Value]) -> Value:
    """What holds of elements that come from any of these, all of which have a part in it."""
    found = [one for one in values if not (one.is_empty and not one.may_nan)]
    if not found:
        return Value(math.inf, -math.inf, None, False)
    return Value(
        min(one.low for one in found),
        max(one.high for one in found),
        None,
        any(one.may_nan for one in found),
        _part(one.nan for one in found),
        _part(one.bad for one in found),
        max(one.data for one in found),
        next((one.origin for one in found if one.origin is not None), None),
    )


def either(first: Value, second: Value) -> Value:
    """What holds when the value is one of these two, and nobody knows which."""
    both = joined((first, second))
    return both._replace(nan=min(first.nan, second.nan), bad=min(first.bad, second.bad))


def _is_small_float(dtype: Any) -> bool:
    return dtype.name in ("bfloat16", "float16") or dtype.name.startswith("float8")


def _level(marks: Any) -> int:
    return ALL if bool(marks.all()) else SOME if bool(marks.any()) else NONE


def _part(levels: Iterable[int]) -> int:
    found = list(levels)
    return ALL if min(found) == ALL else SOME if max(found) else NONE


def _outward(low: float, high: float, kind: Float) -> tuple[float, float]:
    """Bounds that hold after rounding: one step wider, denormals as zero, overflow as infinity."""
    low, high = low - abs(low) * 2 * kind.epsilon, high + abs(high) * 2 * kind.epsilon
    if 0 < low < kind.smallest:
        low = 0.0
    if -kind.smallest < high < 0:
        high = 0.0
    if low < -kind.largest * (1 - kind.epsilon):
        low = -math.inf
    if high > kind.largest * (1 - kind.epsilon):
        high = math.inf
    return (math.inf if low > kind.largest else low), (-math.inf if high < -kind.largest else high)


def _whole(low: float, high: float, dtype: str) -> tuple[float, float]:
    """Bounds of whole numbers; a type in which they do not fit wraps around to anything."""
    if dtype == "bool":
        return max(low, 0), min(high, 1)
    try:
        limits = np.iinfo(dtype)
    except (TypeError, ValueError):
        return -math.inf, math.inf
    fits = limits.min <= low and high <= limits.max
    return (low, high) if fits else (int(limits.min), int(limits.max))
