"""When enough has been measured."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from envprobe.measure.statistics import median, relative_difference, relative_spread

# What quartiles can be taken from at all.
FEWEST_SAMPLES = 3
# Executions that take longer than this many budgets are sampled once.
HOPELESS_BUDGETS = 4.0
# A sample shorter than this many ticks of the clock is known to no better than 0.1 %.
_CLOCK_TICKS = 1000.0


class SamplingRule(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how well to measure one thing.

    Sampling ends when `min_samples` have an interquartile range under `spread_bound` of their
    median, or after `budget_seconds` of sampling, or at `max_samples`. The warm-up, which comes
    before, ends when two samples in a row agree within `warm_up_agreement`, or after
    `warm_up_seconds`. A sample lasts at least `min_sample_seconds`, and 1000 ticks of the clock.
    The medians of two rounds may differ by `drift_bound`.
    """

    budget_seconds: float = 0.25
    warm_up_seconds: float = 0.1
    warm_up_agreement: float = 0.10
    min_sample_seconds: float = 0.005
    clock_resolution_seconds: float = 1e-9
    min_samples: int = 7
    max_samples: int = 200
    spread_bound: float = 0.05
    drift_bound: float = 0.05

    @property
    def shortest_sample_seconds(self) -> float:
        """What one sample must last at least."""
        return max(self.min_sample_seconds, _CLOCK_TICKS * self.clock_resolution_seconds)


def is_steady(samples: Sequence[float], rule: SamplingRule) -> bool:
    """Whether there are enough samples, they agree, and they are not on their way elsewhere."""
    return (
        len(samples) >= rule.min_samples
        and relative_spread(samples) <= rule.spread_bound
        # A slow slide stays within the spread of a few samples; its two halves give it away.
        and relative_difference(*_medians_of_halves(samples)) <= rule.spread_bound / 2
    )


def without_warm_up(samples: Sequence[float], rule: SamplingRule) -> list[float]:
    """The samples, less their first half where the two halves differ: it was still warming up.

    Only where the second half alone would do.
    """
    half = len(samples) // 2
    drifted = (
        half >= rule.min_samples
        and relative_difference(*_medians_of_halves(samples)) > rule.spread_bound
    )
    return list(samples[half:] if drifted else samples)


def has_enough(samples: Sequence[float], spent_seconds: float, rule: SamplingRule) -> bool:
    """Whether this round of sampling is over.

    Slow things get `FEWEST_SAMPLES` beyond the budget, unless even that would be far too long.
    """
    if len(samples) >= rule.max_samples or is_steady(samples, rule):
        return True
    if spent_seconds < rule.budget_seconds:
        return False
    if len(samples) >= FEWEST_SAMPLES:
        return True
    return max(samples, default=0.0) > HOPELESS_BUDGETS * rule.budget_seconds


def is_unstable(rounds: Sequence[Sequence[float]], rule: SamplingRule) -> bool:
    """Whether the result must not be relied on: few samples, wide spread, or drift."""
    pooled = [sample for samples in rounds for sample in samples]
    if len(pooled) < FEWEST_SAMPLES or relative_spread(pooled) > rule.spread_bound:
        return True
    medians = [median(samples) for samples in rounds if samples]
    return relative_difference(max(medians), min(medians)) > rule.drift_bound


def _medians_of_halves(samples: Sequence[float]) -> tuple[float, float]:
    half = len(samples) // 2
    return median(samples[:half]), median(samples[half:])
