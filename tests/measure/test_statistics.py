"""Median and spread against their definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.measure.statistics import (
    interquartile_range,
    median,
    relative_difference,
    relative_spread,
)

DURATIONS = st.floats(min_value=1e-7, max_value=1e3)


def test_quartiles_are_numpys_default() -> None:
    # numpy.percentile([1, 2, 3, 4, 10], [25, 75]) == [2, 4]
    assert interquartile_range([1.0, 2.0, 3.0, 4.0, 10.0]) == pytest.approx(2.0)
    # numpy.percentile([1, 2, 3, 4], [25, 75]) == [1.75, 3.25]
    assert interquartile_range([4.0, 1.0, 3.0, 2.0]) == pytest.approx(1.5)


def test_a_single_value_has_no_spread() -> None:
    assert interquartile_range([3.0]) == 0.0
    assert relative_spread([3.0]) == 0.0


def test_zeros_do_not_divide() -> None:
    assert relative_spread([0.0, 0.0]) == 0.0
    assert relative_spread([0.0, 0.0, 0.0, 4.0, 4.0]) == math.inf
    assert relative_difference(0.0, 0.0) == 0.0
    assert relative_difference(0.0, 1.0) == math.inf


@given(st.lists(DURATIONS, min_size=1, max_size=50))
def test_the_median_halves_the_values(values: list[float]) -> None:
    middle = median(values)
    assert 2 * sum(value < middle for value in values) <= len(values)
    assert 2 * sum(value > middle for value in values) <= len(values)


@given(st.lists(DURATIONS, min_size=8, max_size=50), st.floats(1.0, 1e9))
def test_one_wild_value_moves_the_median_within_the_others(
    values: list[float], factor: float
) -> None:
    wild = [*values, max(values) * factor]
    assert min(values) <= median(wild) <= max(values)


@given(st.lists(DURATIONS, min_size=2, max_size=50), st.floats(1e-3, 1e3))
def test_the_relative_spread_has_no_unit(values: list[float], unit: float) -> None:
    scaled = [value * unit for value in values]
    assert relative_spread(scaled) == pytest.approx(relative_spread(values), rel=1e-6, abs=1e-9)


@given(DURATIONS, DURATIONS)
def test_the_relative_difference_is_symmetric(first: float, second: float) -> None:
    assert relative_difference(first, second) == relative_difference(second, first) >= 0
