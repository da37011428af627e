"""Batches to follow through a step: within the ranges that were told, and samples of them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .domain import FLOATS, MOST_ELEMENTS, TOLD, UNTOLD, Value, of_array, unknown

# Data of any sense: what overflows only beyond this is no fault of the model.
_USUAL = 1e6
_SEEDS = {"normal": 2, "large": 3}


class Fed(NamedTuple):
    """One tensor of the batch; values in [`low`, `high`), the one value `low` where they agree."""

    shape: Any
    dtype: Any
    low: float | None
    high: float | None
    is_target: bool


def bounds(fed: list[Fed]) -> list[Value]:
    """All that the batch may hold."""
    return [_bounds(one) for one in fed]


def sample(fed: list[Fed], way: str) -> list[Value]:
    """One batch: `uniform`, `normal` and `large` are random, `low` and `high` at the ends of the
    ranges, `zeros` has targets of zero.
    """
    random = np.random.default_rng(_SEEDS.get(way, 1))
    return [_sampled(one, way, random) for one in fed]


def has_ranges(fed: list[Fed], *, labels_fit: bool = False) -> bool:
    """Whether a range was told whose ends are worth a look; not labels that are known to fit."""
    return any(
        one.low is not None
        and one.low != one.high
        and not (labels_fit and one.is_target and one.dtype.is_integer)
        for one in fed
    )


def may_be_zero(one: Fed) -> bool:
    """A target of truth values or shares, of which all may be zero."""
    return one.is_target and _is_number(one.dtype) and (
        one.low is None if one.dtype.is_floating else one.low == 0 != one.high
    )  # fmt: skip


def _bounds(one: Fed) -> Value:
    if one.dtype.is_bool:
        return Value(0, 1, None, False, data=UNTOLD)
    if not _is_number(one.dtype):
        return unknown(UNTOLD)
    if one.low is None or one.high is None:
        if one.dtype.is_integer:
            return Value(may_nan=False, data=UNTOLD)
        largest = FLOATS[one.dtype.name].largest if one.dtype.name in FLOATS else _USUAL
        usual = min(_USUAL, largest)
        return Value(-usual, usual, None, False, data=UNTOLD)
    low, high = ends(one)
    array = _full(one, low) if low == high else None
    return of_array(array, TOLD) if array is not None else Value(low, high, None, False, data=TOLD)


def ends(one: Fed) -> tuple[float, float]:
    """The least and the greatest value that the range holds."""
    low, high = one.low or 0.0, one.high or 0.0
    if not one.dtype.is_integer:
        return low, high
    least = math.ceil(low)
    return least, max(least, math.ceil(high) - 1)


def _sampled(one: Fed, way: str, random: Any) -> Value:
    small = one.shape.is_fully_defined() and one.shape.num_elements() <= MOST_ELEMENTS
    if not small or not (_is_number(one.dtype) or one.dtype.is_bool):
        return _bounds(one)
    if way == "zeros" and may_be_zero(one):
        return of_array(_full(one, 0), UNTOLD)
    if one.low is not None:
        return of_array(_in_range(one, way, random), TOLD)
    return _bounds(one) if one.dtype.is_integer else _unasked(one, way, random)


def _unasked(one: Fed, way: str, random: Any) -> Value:
    """Numbers of the usual size, where nobody said which."""
    shape = one.shape.as_list()
    if one.dtype.is_bool:
        return of_array(random.integers(0, 2, shape).astype(bool), UNTOLD)
    drawn = random.standard_normal(shape) if way == "normal" else random.random(shape)
    if way == "large":
        drawn = 1 + 99 * drawn
    return of_array(drawn.astype(one.dtype.as_numpy_dtype), UNTOLD)


def _in_range(one: Fed, way: str, random: Any) -> Any:
    low, high = ends(one)
    if way in ("low", "high") or low == high:
        return _full(one, high if way == "high" else low)
    shape, dtype = one.shape.as_list(), one.dtype.as_numpy_dtype
    if one.dtype.is_integer:
        return random.integers(int(low), int(high), shape, endpoint=True).astype(dtype)
    return random.uniform(low, high, shape).astype(dtype)


def _full(one: Fed, value: float) -> Any:
    if not one.shape.is_fully_defined() or one.shape.num_elements() > MOST_ELEMENTS:
        return None
    return np.full(one.shape.as_list(), value, one.dtype.as_numpy_dtype)


def _is_number(dtype: Any) -> bool:
    return bool(dtype.is_integer or dtype.is_floating)
