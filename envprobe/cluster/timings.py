"""A node's timings, small enough for ten thousand of them."""

from __future__ import annotations

from typing import Annotated

import msgspec

MOST_NANOSECONDS = 2**62
MOST_PERMILLE = 2**32 - 2
Nanoseconds = Annotated[int, msgspec.Meta(ge=0, le=MOST_NANOSECONDS)]
Permille = Annotated[int, msgspec.Meta(ge=0, le=MOST_PERMILLE)]


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """One entry for each timed cell of the profile, in its order; None where this node has none.

    Whole nanoseconds are finer than any measurement and take half the bytes of SI fractions.
    `spreads_permille` is the interquartile range in thousandths of the median, `unstable` the
    positions of timings that say little: their spread stayed above its bound, or other processes
    used the device.
    """

    medians_nanoseconds: tuple[Nanoseconds | None, ...] = ()
    spreads_permille: tuple[Permille | None, ...] = ()
    unstable: tuple[int, ...] = ()
