"""The judge of numbers: what it must let pass, and what it must not."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from envprobe.worker.compare import compare

floats = arrays(np.float64, st.integers(1, 20), elements=st.floats(-1e6, 1e6))


@given(floats)
def test_equal_arrays_have_no_error(values: np.ndarray) -> None:
    assert compare([values], [values.copy()], 0.0, nonfinite=False) == (0.0, None)


@given(floats, st.integers(0, 19), st.floats(0.01, 100))
def test_one_wrong_element_is_found(values: np.ndarray, index: int, share: float) -> None:
    seen = values.copy()
    at = index % len(seen)
    rms = float(np.sqrt(np.mean(values**2)))
    seen[at] += share * (abs(values[at]) + rms) + 0.01
    error, wrong = compare([seen], [values], 1e-3, nonfinite=False)
    assert wrong is not None
    assert error is not None
    assert error > 1e-3


def test_a_sum_that_ends_near_zero_is_judged_by_the_tensors_size() -> None:
    error, wrong = compare([np.array([1.0, 1e-7])], [np.array([1.0, 2e-7])], 1e-6, nonfinite=False)
    assert wrong is None
    assert error == pytest.approx(1.4e-7, rel=0.1)


@pytest.mark.parametrize(
    ("seen", "right", "said"),
    [
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "1 NaN where 0"),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf]), "infinite or NaN"),
        (np.zeros((2, 3)), np.zeros((3, 2)), "shape [2, 3] where [3, 2]"),
        (np.array([1, 2, 3]), np.array([1, 2, 4]), "1 of 3 values differ"),
        (np.array([True, False]), np.array([True, True]), "1 of 2 values differ"),
        (np.array([b"a"], object), np.array([b"b"], object), "1 of 1 values differ"),
        (np.array([1 + 2j]), np.array([1 + 3j]), "relative error"),
    ],
)
def test_what_is_wrong_is_said(seen: np.ndarray, right: np.ndarray, said: str) -> None:
    _, wrong = compare([seen], [right], 1e-3, nonfinite=False)
    assert wrong is not None
    assert said in wrong


def test_infinities_are_right_where_the_row_says_so() -> None:
    both = np.array([1.0, -np.inf, np.nan])
    assert compare([both], [both.copy()], 1e-6, nonfinite=True) == (0.0, None)
    _, wrong = compare([np.array([np.inf])], [np.array([-np.inf])], 1e-6, nonfinite=True)
    assert wrong is not None


def test_a_missing_output_is_wrong() -> None:
    assert compare([], [np.zeros(1)], 1.0, nonfinite=False)[1] == "0 outputs where 1 were expected"


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, np.float16])
def test_narrow_floats_are_compared_as_numbers(dtype: type) -> None:
    right = np.array([0.5, 1.5, -2.0])
    assert compare([right.astype(dtype)], [right], 0.0, nonfinite=False) == (0.0, None)


def test_an_output_without_a_reference_is_not_compared() -> None:
    assert compare([np.zeros(3)], [None], 0.0, nonfinite=False) == (0.0, None)


def test_int4_is_compared_exactly() -> None:
    seen = np.array([1, -8, 7]).astype(ml_dtypes.int4)
    assert compare([seen], [np.array([1, -8, 7])], 0.0, nonfinite=False) == (0.0, None)
    assert compare([seen], [np.array([1, -8, 6])], 0.0, nonfinite=False)[1] is not None
