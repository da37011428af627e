"""The course of one measurement, as a state machine that is told what the clock said."""

from __future__ import annotations

import math
from enum import Enum

import msgspec

from envprobe.measure.calibration import loops_for
from envprobe.measure.statistics import interquartile_range, median, relative_difference
from envprobe.measure.stopping import (
    SamplingRule,
    has_enough,
    is_unstable,
    without_warm_up,
)
from envprobe.measure.timing import Timing

# Ends what no budget of seconds does, because the clock hardly moves.
_MOST_WARM_UP_SAMPLES = 100


class _Phase(Enum):
    WARM_UP = "warm up"
    SAMPLE = "sample"
    DONE = "done"


class Sampling:
    """Says how many executions to time next, and is told how long they took.

        while (loops := sampling.next_loops()) is not None:
            sampling.add(seconds_of(loops))
        timing = sampling.timing()

    First it warms up while it finds the loop count, then it samples until the spread is small
    enough or the budget ends. `reopen` adds a round at another moment, which finds out what
    changes over a longer time than one round sees.
    """

    def __init__(self, rule: SamplingRule | None = None) -> None:
        self._rule = rule or SamplingRule()
        self._loops = 1
        self._rounds: list[list[float]] = []
        self._begin(self._rule.budget_seconds)

    def next_loops(self) -> int | None:
        """How many executions the next sample is to hold; None when this round is over."""
        return None if self._phase is _Phase.DONE else self._loops

    def add(self, seconds: float) -> None:
        """Those executions took `seconds` together. Raises `ValueError` for what no clock says."""
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError(f"not a duration: {seconds!r} seconds")
        if self._phase is _Phase.DONE:
            raise ValueError("this round is over")
        self._taken += 1
        if self._phase is _Phase.WARM_UP:
            self._warm_up(seconds)
        else:
            self._sample(seconds)

    def reopen(self, budget_seconds: float | None = None) -> None:
        """Begin another round; its budget is the rule's, unless told."""
        self._begin(self._rule.budget_seconds if budget_seconds is None else budget_seconds)

    def timing(self) -> Timing:
        """What all rounds together come to. Raises `ValueError` before the first sample."""
        rounds = [samples for samples in self._rounds if samples]
        pooled = [sample for samples in rounds for sample in samples]
        if not pooled:
            raise ValueError("nothing was sampled")
        return Timing(
            seconds_median=median(pooled),
            seconds_iqr=interquartile_range(pooled),
            samples=len(pooled),
            unstable=is_unstable(rounds, self._rule),
        )

    def _begin(self, budget_seconds: float) -> None:
        self._round_rule = msgspec.structs.replace(self._rule, budget_seconds=budget_seconds)
        self._spent_seconds = 0.0
        self._taken = 0
        self._previous: float | None = None
        self._phase = _Phase.WARM_UP
        self._rounds.append([])

    def _warm_up(self, seconds: float) -> None:
        rule = self._round_rule
        self._spent_seconds += seconds
        previous, self._previous = self._previous, seconds / self._loops
        agrees = (
            previous is not None
            and relative_difference(previous, self._previous) <= rule.warm_up_agreement
        )
        too_long = (
            self._spent_seconds >= min(rule.warm_up_seconds, rule.budget_seconds)
            or self._taken >= _MOST_WARM_UP_SAMPLES
        )
        if not self._is_long_enough(seconds, rule.shortest_sample_seconds):
            return
        if agrees or too_long:
            spent, self._spent_seconds = self._spent_seconds, 0.0
            self._phase = _Phase.SAMPLE
            if spent >= rule.budget_seconds:  # too slow to throw one away
                self._sample(seconds)

    def _sample(self, seconds: float) -> None:
        self._spent_seconds += seconds
        one = seconds / self._loops
        if not self._is_long_enough(seconds, self._rule.shortest_sample_seconds / 2):
            self._rounds[-1] = []  # it has become much faster: all before was warm-up
            return
        self._rounds[-1] = without_warm_up([*self._rounds[-1], one], self._rule)
        too_many = self._taken >= _MOST_WARM_UP_SAMPLES + 2 * self._rule.max_samples
        if too_many or has_enough(self._rounds[-1], self._spent_seconds, self._round_rule):
            self._phase = _Phase.DONE

    def _is_long_enough(self, seconds: float, bound_seconds: float) -> bool:
        """Whether the clock tells this sample well; if not, the next holds more executions."""
        if seconds >= bound_seconds:
            return True
        loops, self._loops = (
            self._loops,
            loops_for(self._loops, seconds, self._rule.shortest_sample_seconds),
        )
        return loops == self._loops  # as many as there may be
