"""What a timing comes to."""

from __future__ import annotations

import msgspec


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of one execution: median and interquartile range over `samples` samples.

    `unstable`: the spread, or the drift between rounds, was not brought under the bound, so
    that another measurement may well differ.
    """

    seconds_median: float
    seconds_iqr: float
    samples: int
    unstable: bool
