"""Formulas over shapes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import FileFormatError
from envprobe.ops.formula import evaluate, itemsize_of
from envprobe.terms import DTYPES

dimensions = st.lists(st.integers(1, 64), min_size=1, max_size=5)


def test_a_convolution() -> None:
    shapes = {"input": [8, 56, 56, 64], "filter": [3, 3, 64, 64], "output:0": [8, 56, 56, 64]}
    formula = "2 * size(output) * filter[0] * filter[1] * filter[2]"
    assert evaluate(formula, shapes) == 2 * 8 * 56 * 56 * 64 * 3 * 3 * 64


def test_lists_and_functions() -> None:
    shapes = {"values:0": [2, 8], "values:1": [2, 5], "output:0": [2], "output:1": [3]}
    assert evaluate("values[0][1] + values[1][1] + outputs[1][0]", shapes) == 16
    assert evaluate("log2(values[0][1]) * itemsize", shapes, itemsize=2) == 6


@given(dimensions)
def test_size_is_the_number_of_elements(shape: list[int]) -> None:
    assert evaluate("size(x)", {"x": shape}) == math.prod(shape)


@pytest.mark.parametrize("formula", ["size(y)", "2 *", "x[9]", "__import__('os')", "x"])
def test_a_bad_formula_says_what_it_may_use(formula: str) -> None:
    with pytest.raises(FileFormatError, match="itemsize, x"):
        evaluate(formula, {"x": [2]})


@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        ("float64", 8),
        ("bfloat16", 2),
        ("float8_e5m2", 1),
        ("int4", 1),
        ("complex64", 8),
        ("bool", 1),
    ],
)
def test_item_sizes(dtype: str, size: int) -> None:
    assert itemsize_of(dtype) == size


def test_every_dtype_has_an_item_size() -> None:
    assert all(itemsize_of(dtype) >= 1 for dtype in DTYPES)
