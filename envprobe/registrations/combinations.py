"""Which combinations of values the constraints of kernels allow, in as few rows as say the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

Values = tuple[tuple[str, ...], ...]  # the values that each constrained attribute may have


def combinations(rows: Iterable[Values]) -> set[tuple[str, ...]]:
    """Every single combination of values that the rows allow."""
    return {combination for row in rows for combination in itertools.product(*row)}


def merged(allowed: Iterable[tuple[str, ...]]) -> list[Values]:
    """The combinations as rows that allow them and no others, fewer and canonical.

    Joined attribute by attribute, the last one first; an attribute's values are sorted.
    """
    found: set[Values] = {tuple((value,) for value in combination) for combination in allowed}
    width = max(map(len, found), default=0)
    for place in reversed(range(width)):
        joined: dict[Values, set[str]] = {}
        for row in found:
            joined.setdefault(row[:place] + row[place + 1 :], set()).update(row[place])
        found = {
            (*rest[:place], tuple(sorted(values)), *rest[place:]) for rest, values in joined.items()
        }
    return sorted(found)
