"""Tolerances per dtype."""

from __future__ import annotations

import pytest

from envprobe.ops.tolerance import is_inexact, reason_of, tolerance_of
from envprobe.terms import DTYPES


@pytest.mark.parametrize(
    ("dtype", "about"),
    [("float64", 1e-9), ("float32", 1e-4), ("float16", 1e-2), ("bfloat16", 6e-2)],
)
def test_floats(dtype: str, about: float) -> None:
    assert tolerance_of(dtype) == pytest.approx(about, rel=0.01)


def test_complex_numbers_are_as_their_parts() -> None:
    assert tolerance_of("complex64") == tolerance_of("float32")
    assert tolerance_of("complex128") == tolerance_of("float64")


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_has_a_tolerance_and_a_reason(dtype: str) -> None:
    assert 0 < tolerance_of(dtype) < 1
    assert "epsilon" in reason_of(dtype)
    assert is_inexact(dtype) is dtype.startswith(("float", "bfloat", "complex"))
