"""Centre and spread that a few wild samples cannot move."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """The middle value; raises `statistics.StatisticsError` when there is none."""
    return statistics.median(values)


def interquartile_range(values: Sequence[float]) -> float:
    """The width of the middle half, quartiles interpolated linearly; 0 for a single value.

    Type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996), numpy's default.
    """
    if len(values) < 2:
        return 0.0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return upper - lower


def relative_spread(values: Sequence[float]) -> float:
    """Interquartile range over median; infinite where the median is 0 but not all values are."""
    return _ratio(interquartile_range(values), median(values))


def relative_difference(first: float, second: float) -> float:
    """How far the two lie apart, relative to the smaller; infinite beside a 0."""
    return _ratio(abs(first - second), min(first, second))


def _ratio(part: float, whole: float) -> float:
    if part == 0:
        return 0.0
    return part / whole if whole > 0 else math.inf
