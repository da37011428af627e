"""Whole measurements against simulated clocks: noise, outliers, warm-up, drift, slowness."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envprobe.measure import Sampling, SamplingRule, Timing

Clock = Callable[[int], float]  # loops -> seconds
RULE = SamplingRule(budget_seconds=0.5)


def run_round(sampling: Sampling, clock: Clock) -> float:
    """One round to its end; what it cost in seconds."""
    cost = 0.0
    for _ in range(10_000):
        loops = sampling.next_loops()
        if loops is None:
            return cost
        seconds = clock(loops)
        cost += seconds
        sampling.add(seconds)
    raise AssertionError("the round does not end")


def measure(clock: Clock, rule: SamplingRule = RULE) -> Timing:
    sampling = Sampling(rule)
    run_round(sampling, clock)
    return sampling.timing()


def noisy(one: float, sigma: float, seed: int) -> Clock:
    chance = random.Random(seed)
    return lambda loops: loops * one * max(0.2, chance.gauss(1.0, sigma))


@given(st.floats(1e-7, 0.4), st.integers(0, 10**6))
def test_quiet_clocks_are_measured_well(one: float, seed: int) -> None:
    timing = measure(noisy(one, 0.01, seed))
    assert timing.seconds_median == pytest.approx(one, rel=0.03)
    assert timing.samples >= 3
    assert not timing.unstable


@given(st.floats(1e-6, 0.02), st.integers(0, 10**6))
def test_outliers_do_not_move_the_result(one: float, seed: int) -> None:
    chance = random.Random(seed)
    timing = measure(
        lambda loops: loops * one * (20.0 if chance.random() < 0.08 else chance.gauss(1, 0.005))
    )
    assert timing.seconds_median == pytest.approx(one, rel=0.05) or timing.unstable


@given(st.floats(1e-6, 0.02), st.integers(0, 10**6))
def test_wild_noise_is_called_unstable_and_ends_with_the_budget(one: float, seed: int) -> None:
    chance = random.Random(seed)
    sampling = Sampling(RULE)
    cost = run_round(sampling, lambda loops: loops * one * chance.choice((1.0, 2.0, 4.0)))
    assert cost < 3 * RULE.budget_seconds
    timing = sampling.timing()
    assert timing.unstable or timing.seconds_iqr / timing.seconds_median <= RULE.spread_bound


@given(st.floats(1e-5, 0.01), st.floats(1.5, 20.0), st.integers(1, 20))
def test_a_slow_warm_up_is_not_part_of_the_result(one: float, slower: float, long: int) -> None:
    calls = 0

    def clock(loops: int) -> float:
        nonlocal calls
        calls += 1
        return loops * one * (1 + (slower - 1) * math.exp(-3.0 * calls / long))

    timing = measure(clock, SamplingRule(budget_seconds=5.0))
    assert timing.unstable or timing.seconds_median == pytest.approx(one, rel=0.1)


def test_a_step_after_the_warm_up_is_forgotten() -> None:
    calls = 0

    def clock(loops: int) -> float:
        nonlocal calls
        calls += 1
        noise = 1.0 if calls % 2 else 1.2  # never steady at first
        return loops * 1e-4 * (2.0 * noise if calls < 20 else 1.0)

    assert measure(clock).seconds_median == pytest.approx(1e-4, rel=0.01)


@given(st.integers(0, 10**6))
def test_two_modes_are_unstable(seed: int) -> None:
    chance = random.Random(seed)
    modes: list[float] = []

    def clock(loops: int) -> float:
        if not modes:
            modes.extend(chance.sample([1.0, 1.0, 1.5, 1.5], 4))
        return loops * 1e-4 * modes.pop()

    assert measure(clock).unstable


def test_a_drift_between_rounds_is_unstable() -> None:
    sampling = Sampling(RULE)
    run_round(sampling, noisy(1e-4, 0.005, 1))
    assert not sampling.timing().unstable
    sampling.reopen()
    run_round(sampling, noisy(1.15e-4, 0.005, 2))
    assert sampling.timing().unstable


def test_a_second_round_that_agrees_adds_samples() -> None:
    sampling = Sampling(RULE)
    run_round(sampling, noisy(1e-4, 0.005, 1))
    first = sampling.timing()
    sampling.reopen(0.1)
    run_round(sampling, noisy(1e-4, 0.005, 2))
    assert sampling.timing().samples > first.samples
    assert not sampling.timing().unstable


@given(st.floats(1e-9, 1e-3))
def test_samples_are_long_enough_for_a_coarse_clock(one: float) -> None:
    rule = SamplingRule(clock_resolution_seconds=1e-5)
    counted: list[float] = []

    def clock(loops: int) -> float:
        seconds = math.floor(loops * one / 1e-5) * 1e-5
        counted.append(seconds)
        return seconds

    timing = measure(clock, rule)
    assert counted[-1] >= 0.01
    assert timing.seconds_median == pytest.approx(one, rel=0.01)


def test_slow_kernels_get_three_samples() -> None:
    rule = SamplingRule(budget_seconds=0.5)
    timing = measure(lambda loops: 0.6 * loops, rule)
    assert timing == Timing(seconds_median=0.6, seconds_iqr=0.0, samples=3, unstable=False)


def test_hopelessly_slow_kernels_get_one_and_say_so() -> None:
    timing = measure(lambda loops: 3.0 * loops, SamplingRule(budget_seconds=0.5))
    assert (timing.samples, timing.unstable) == (1, True)


def test_a_clock_that_stands_still_ends() -> None:
    timing = measure(lambda _: 0.0)
    assert timing.seconds_median == 0.0


@settings(max_examples=200)
@given(st.lists(st.floats(0, 10.0), min_size=1, max_size=400), st.integers(1, 3))
def test_any_clock_ends_and_gives_finite_numbers(values: list[float], rounds: int) -> None:
    sampling = Sampling(RULE)
    at = 0

    def clock(loops: int) -> float:
        nonlocal at
        at += 1
        return values[at % len(values)]

    for number in range(rounds):
        if number:
            sampling.reopen()
        run_round(sampling, clock)
    timing = sampling.timing()
    assert math.isfinite(timing.seconds_median)
    assert math.isfinite(timing.seconds_iqr)
    assert 1 <= timing.samples <= rounds * RULE.max_samples


@pytest.mark.parametrize("seconds", [-1.0, math.nan, math.inf])
def test_what_no_clock_says_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Sampling().add(seconds)


def test_a_round_that_is_over_takes_no_more() -> None:
    sampling = Sampling(RULE)
    run_round(sampling, lambda loops: loops * 1e-3)
    with pytest.raises(ValueError, match="over"):
        sampling.add(1.0)


def test_nothing_sampled_has_no_timing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Sampling().timing()
