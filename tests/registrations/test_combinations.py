"""Rows of constraints say what their kernels say, and always in the same words."""

from __future__ import annotations

import itertools
import math
import random

from hypothesis import given
from hypothesis import strategies as st

from envprobe.registrations.combinations import combinations, merged

VALUES = ("bool", "float16", "float32", "int32", "int64")


@st.composite
def allowed_combinations(draw: st.DrawFn) -> set[tuple[str, ...]]:
    """Any combinations of the values of none to three attributes."""
    width = draw(st.integers(0, 3))
    return draw(st.sets(st.tuples(*[st.sampled_from(VALUES)] * width), max_size=40))


@given(allowed_combinations())
def test_exactly_the_same_is_allowed(allowed: set[tuple[str, ...]]) -> None:
    assert combinations(merged(allowed)) == allowed


@given(allowed_combinations())
def test_nothing_is_said_twice(allowed: set[tuple[str, ...]]) -> None:
    rows = merged(allowed)
    assert sum(math.prod(map(len, row)) for row in rows) == len(allowed)
    assert len(rows) <= len(allowed)


@given(allowed_combinations(), st.randoms())
def test_the_order_of_kernels_does_not_matter(
    allowed: set[tuple[str, ...]], by: random.Random
) -> None:
    shuffled = sorted(allowed)
    by.shuffle(shuffled)
    assert merged(shuffled) == merged([*shuffled, *shuffled]) == merged(allowed)


@given(allowed_combinations())
def test_it_is_sorted_and_stays(allowed: set[tuple[str, ...]]) -> None:
    rows = merged(allowed)
    assert rows == sorted(rows)
    assert all(list(values) == sorted(set(values)) for row in rows for values in row)
    assert merged(combinations(rows)) == rows


@given(st.lists(st.sets(st.sampled_from(VALUES), min_size=1), min_size=1, max_size=3))
def test_a_full_product_becomes_one_row(sides: list[set[str]]) -> None:
    assert merged(itertools.product(*sides)) == [tuple(tuple(sorted(side)) for side in sides)]


def test_kernels_without_constraints_are_one() -> None:
    assert merged([()]) == [()]
    assert merged([]) == []
    assert combinations([()]) == {()}
    assert combinations([]) == set()


def test_what_is_no_product_stays_apart() -> None:
    cast = [("float32", "int32"), ("int32", "float32"), ("float32", "float32")]
    assert merged(cast) == [(("float32",), ("float32", "int32")), (("int32",), ("float32",))]
