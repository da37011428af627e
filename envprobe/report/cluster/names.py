"""Many nodes in a line that still fits a screen."""

from __future__ import annotations

from collections.abc import Sequence

from envprobe.cluster.nodelist import nodelist
from envprobe.report.units import count

MOST_LETTERS = 160


def few_names(names: Sequence[str]) -> str:
    """`12 nodes: node[01-12]`; how many there are, and the list as far as it is short."""
    text = nodelist(names)
    if len(text) > MOST_LETTERS:
        text = text[:MOST_LETTERS].rsplit(",", 1)[0] + ", …"
    return f"{count(len(names), 'node')}: {text}"
