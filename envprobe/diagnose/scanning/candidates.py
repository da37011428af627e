"""Which patterns a line may match, by the plain texts that it holds."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import re2

from envprobe.diagnose.catalog import Entry, entries

AUTOMATON_BYTES = 32 << 20


@functools.cache
def candidates_by_text() -> Candidates:
    """The patterns of all rules and signals."""
    return Candidates(entries())


class Candidates:
    """The patterns by their plain texts; all texts are looked for in one pass over a line."""

    def __init__(self, every: Sequence[Entry]) -> None:
        self._every = every
        self._texts: dict[str, list[int]] = {}
        for place, entry in enumerate(every):
            for text in entry.pattern.near:
                self._texts.setdefault(text, []).append(place)
        self._places = list(self._texts.values())
        self._set = _set_of(list(self._texts))

    def of(self, line: str) -> list[Entry]:
        """The patterns of which the line holds a text, in their order."""
        found = self._set.Match(line)
        if not found:  # also where the automaton would grow beyond its memory
            found = [at for at, text in enumerate(self._texts) if text in line]
        places = {place for at in found for place in self._places[at]}
        return [self._every[place] for place in sorted(places)]


def _set_of(texts: Sequence[str]) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = AUTOMATON_BYTES
    found = re2.Set.SearchSet(options)
    for text in texts:
        found.Add(re2.escape(text))
    found.Compile()
    return found
