"""When a round ends and what is called unstable, on plain lists of numbers."""

from __future__ import annotations

from envprobe.measure.stopping import (
    SamplingRule,
    has_enough,
    is_steady,
    is_unstable,
    without_warm_up,
)

RULE = SamplingRule(budget_seconds=1.0)


def test_a_sample_lasts_a_thousand_ticks_of_a_coarse_clock() -> None:
    assert SamplingRule(clock_resolution_seconds=1e-9).shortest_sample_seconds == 0.005
    assert SamplingRule(clock_resolution_seconds=1e-4).shortest_sample_seconds == 0.1


def test_seven_that_agree_are_enough_and_six_are_not() -> None:
    assert is_steady([1.0] * 7, RULE)
    assert not is_steady([1.0] * 6, RULE)
    assert has_enough([1.0] * 7, 0.1, RULE)
    assert not has_enough([1.0] * 6, 0.1, RULE)


def test_the_budget_ends_what_does_not_agree() -> None:
    noisy = [1.0, 2.0] * 5
    assert not has_enough(noisy, 0.9, RULE)
    assert has_enough(noisy, 1.1, RULE)
    assert is_unstable([noisy], RULE)


def test_slow_things_get_three_samples_and_hopeless_ones_one() -> None:
    assert not has_enough([3.0, 3.0], 6.0, RULE)
    assert has_enough([3.0, 3.0, 3.0], 9.0, RULE)
    assert has_enough([4.5], 4.5, RULE)
    assert not is_unstable([[3.0, 3.0, 3.0]], RULE)
    assert is_unstable([[4.5]], RULE)


def test_rounds_that_differ_are_unstable_though_each_is_steady() -> None:
    first, second = [1.0] * 20, [1.2] * 3
    assert is_unstable([first, second], RULE)
    assert not is_unstable([first, [1.01] * 7], RULE)
    assert not is_unstable([first, []], RULE)


def test_a_first_half_that_was_slower_is_forgotten() -> None:
    assert without_warm_up([2.0] * 7 + [1.0] * 7, RULE) == [1.0] * 7
    assert without_warm_up([1.0] * 14, RULE) == [1.0] * 14
    assert len(without_warm_up([2.0] * 3 + [1.0] * 3, RULE)) == 6  # too few to tell
