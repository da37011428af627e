"""One sentence that a log can hold, and the words by which it is found quickly."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import re2

from envprobe.diagnose.scanning.plain_texts import plain_texts

SHORTEST_ANCHOR = 5


@dataclass(frozen=True)
class Pattern:
    """A regular expression for one line; its named groups become the finding's fields.

    regex   in RE2's syntax, which has neither look-around nor back references and never takes more
            than linear time; searched anywhere in the line. What is to be seen in one of several
            forms is several patterns: a choice (`|`) stands within brackets only
    after   expressions that the following lines must hold as well, in any order
    before  expressions that the lines before must hold as well

    anchors plain texts of which every line with a match holds one. Not given: the longest piece of
            plain text that the expression cannot do without. A gigabyte is searched for all
            anchors at once, and only lines with one are looked at, so that they must be rare
    """

    regex: str
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    @functools.cached_property
    def near(self) -> tuple[str, ...]:
        """The texts of which every line with a match holds one."""
        return self.anchors or (anchor_of(self.regex),)

    @functools.cached_property
    def compiled(self) -> Any:
        """The expression, compiled at its first use."""
        return compiled(self.regex)


@functools.cache
def compiled(regex: str) -> Any:
    """The expression as RE2 compiles it; `re.error` where it cannot."""
    return re2.compile(regex)


def anchor_of(regex: str) -> str:
    """The longest plain text that every match holds; ValueError where it is too short."""
    best = max(plain_texts(regex), key=len, default="")
    if len(best) < SHORTEST_ANCHOR:
        raise ValueError(f"no plain text of {SHORTEST_ANCHOR} characters in {regex!r}")
    return best
