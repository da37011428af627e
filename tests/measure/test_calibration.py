"""The loop count grows to what the clock needs, and never leaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.measure.calibration import loops_for


def test_a_long_sample_keeps_its_loops() -> None:
    assert loops_for(3, 0.5, 0.005) == 3


def test_a_step_is_at_most_sixteenfold() -> None:
    assert loops_for(1, 1e-9, 0.005) == 16
    assert loops_for(16, 0.0, 0.005) == 256  # the clock did not even move


@given(st.floats(1e-8, 1.0), st.floats(1e-6, 0.1))
def test_it_reaches_a_sample_that_is_long_enough(one: float, shortest: float) -> None:
    loops = 1
    for _ in range(10):
        loops = loops_for(loops, loops * one, shortest)
    assert loops * one >= shortest or loops == 2**24
    # and not much longer than was asked for
    assert loops == 1 or (loops - 1) * one <= 1.3 * shortest


def test_a_clock_that_stands_still_ends_at_a_bound() -> None:
    loops = 1
    for _ in range(20):
        loops = loops_for(loops, 0.0, 0.005)
    assert loops == 2**24
