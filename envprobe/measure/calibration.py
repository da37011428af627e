"""How many executions make one sample long enough for the clock."""

from __future__ import annotations

import math

# One step never asks for more than this many times the last: an execution that was quick by
# accident must not lead to a sample of minutes.
_LARGEST_STEP = 16
_MOST_LOOPS = 2**24
# Aim a little beyond the bound, so that a sample that comes out a bit faster is still long enough.
_MARGIN = 1.25


def loops_for(loops: int, seconds: float, shortest_seconds: float) -> int:
    """The loop count for the next sample, after `loops` executions took `seconds`.

    Unchanged when that was long enough; at most 16 times as many, at most 2**24.
    """
    if seconds >= shortest_seconds:
        return loops
    wanted = math.inf if seconds <= 0 else loops * _MARGIN * shortest_seconds / seconds
    step = min(wanted, float(loops * _LARGEST_STEP), float(_MOST_LOOPS))
    return max(loops, math.ceil(step))
