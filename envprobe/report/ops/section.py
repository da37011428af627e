"""Headings over lines of words, as the reports about ops have them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from envprobe.report.symbols import Alphabet
from envprobe.report.units import count

Part = Text | Padding
INDENT = 4
MOST_NAMES = 12  # where the names matter less than their number


def section(
    title: str, lines: Iterable[Part | str], width: int, alphabet: Alphabet
) -> Iterator[Part]:
    """A heading over its lines; nothing where there are none. Words run on with an indent."""
    parts = list(lines)
    if not parts:
        return
    yield Text()
    yield Text(alphabet.text(title), style="bold underline")
    for part in parts:
        if isinstance(part, str):
            yield from words(part, width, alphabet)
        else:
            yield part


def words(line: str, width: int, alphabet: Alphabet) -> Iterator[Text]:
    """A line in the characters that can be shown, run on with an indent.

    What is too long for a line, such as a path, stays whole.
    """
    blanks = len(line) - len(line.lstrip())
    for piece in textwrap.wrap(
        alphabet.text(line),
        width,
        subsequent_indent=" " * (blanks + INDENT),
        break_on_hyphens=False,
        break_long_words=False,
    ):
        yield Text(piece, no_wrap=True)


def names(these: Sequence[str], width: int, indent: int = INDENT) -> Iterator[Text]:
    """Names with commas, as many a line as fit."""
    for line in textwrap.wrap(
        ", ".join(these), width - indent, break_on_hyphens=False, break_long_words=False
    ):
        yield Text(" " * indent + line, no_wrap=True)


def few(these: Sequence[str]) -> str:
    """The first names, and how many are left."""
    left = len(these) - MOST_NAMES
    more = f", … and {count(left, 'more op')} (--json names all)" if left > 0 else ""
    return ", ".join(these[:MOST_NAMES]) + more
