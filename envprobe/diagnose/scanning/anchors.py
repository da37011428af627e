"""Finds the lines worth looking at in a block, for all patterns at once."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import re2

from envprobe.diagnose.catalog import Entry

ENDS = (b"\n", b"\r")
AUTOMATON_BYTES = 48 << 20
# What is looked at of a long line, before and behind the place of interest.
BEFORE_BYTES = 4096
BEHIND_BYTES = 12288


class Anchors:
    """The plain texts that matching lines hold, searched together at memory speed.

    A text that has been met often enough for every pattern that needs it is searched no more: a
    log of a gigabyte may say the same on every line.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._often: dict[bytes, int] = {}
        for entry in entries:
            for text in entry.pattern.near:
                key = text.encode()
                self._often[key] = max(self._often.get(key, 0), entry.often)
        self._met: Counter[bytes] = Counter()
        self._texts = tuple(self._often)

    def lines(self, data: bytes, every_from: int) -> Iterator[tuple[int, int]]:
        """Start and end of each line with a text; from there on also of those met often."""
        place, every = 0, tuple(self._often)
        while True:
            search = _searcher(every if place >= every_from else self._texts)
            found = search.search(data, place) if search else None
            if found is None:
                return
            start, end = line_around(data, found.start())
            yield start, end
            self._meet(found.group())
            place = max(end, found.end())

    def _meet(self, text: bytes) -> None:
        self._met[text] += 1
        if self._met[text] == self._often[text]:
            self._texts = tuple(one for one in self._texts if one != text)


def line_around(data: bytes, place: int) -> tuple[int, int]:
    """Where the line that holds this place begins and ends, as far as it is looked at."""
    low, high = max(0, place - BEFORE_BYTES), place + BEHIND_BYTES
    start = max(data.rfind(end, low, place) for end in ENDS) + 1
    ends = [found for end in ENDS if (found := data.find(end, place, high)) >= 0]
    return max(start, low), min(ends, default=min(high, len(data)))


@functools.lru_cache(maxsize=4)
def _searcher(texts: tuple[bytes, ...]) -> Any:
    if not texts:
        return None
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = AUTOMATON_BYTES
    # In order, so that RE2 can share what several of them begin with.
    return re2.compile(b"|".join(map(re2.escape, sorted(texts))), options)
