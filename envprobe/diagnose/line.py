"""Where in which log a text stands."""

from __future__ import annotations

import msgspec


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a log without its launcher's prefix, colours and control characters.

    number  counted from 1 as editors do; the pieces that a progress bar's carriage returns make
            share a number
    order   where it stands in its log (in bytes of the cleaned text): what stands before what
    rank    which process of the job wrote it, where a prefix or the file says so
    """

    file: str
    number: int
    order: int
    text: str
    rank: str | None = None
