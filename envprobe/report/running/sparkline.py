"""A curve in one line of text."""

from __future__ import annotations

from collections.abc import Sequence

UNICODE = "▁▂▃▄▅▆▇█"
# Each as high as it looks; a blank is nothing at all.
ASCII = "_.-:=+*#"


def sparkline(
    values: Sequence[tuple[float, float]], top: float, width: int, *, unicode: bool
) -> str:
    """(seconds, value) pairs as at most `width` columns of equal time, each with its highest value.

    `top` is what the highest sign stands for. A column in which nothing was measured shows what
    was measured last; there are no more columns than values.
    """
    signs = UNICODE if unicode else ASCII
    columns = _columns(values, min(width, len(values)))
    return "".join(signs[_step(value, top, len(signs))] for value in columns)


def _columns(values: Sequence[tuple[float, float]], width: int) -> list[float]:
    if not values:
        return []
    start, end = values[0][0], values[-1][0]
    each = (end - start) / width or 1.0
    highest: list[float | None] = [None] * width
    for seconds, value in values:
        column = min(int((seconds - start) / each), width - 1)
        before = highest[column]
        highest[column] = value if before is None else max(before, value)
    filled, last = [], values[0][1]
    for found in highest:
        last = last if found is None else found
        filled.append(last)
    return filled


def _step(value: float, top: float, steps: int) -> int:
    return max(0, min(steps - 1, int(value / top * steps))) if top > 0 else 0
