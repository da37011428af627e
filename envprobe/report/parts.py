"""Prints the parts of a report in the characters that the output can show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from envprobe.report.symbols import Alphabet, alphabet_for

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

TRAILING_BLANKS = re.compile(r" +$", re.MULTILINE)


def print_parts(parts: Iterable[RenderableType], console: Console) -> None:
    """Each part for the console's width and encoding; what is not to wrap stays whole."""
    alphabet = alphabet_for(console.encoding)
    for part in parts:
        shown = _in(alphabet, part)
        if console.is_terminal:
            _print(shown, console)
            continue
        with console.capture() as captured:
            _print(shown, console)
        # Rich fills indented lines and tables up with blanks, which nobody wants in a file.
        console.file.write(TRAILING_BLANKS.sub("", captured.get()))


def _print(part: RenderableType, console: Console) -> None:
    if isinstance(part, Text) and part.no_wrap:
        console.print(part, no_wrap=True, overflow="ignore", crop=False)  # to be copied
    else:
        console.print(part)


def _in(alphabet: Alphabet, part: RenderableType) -> RenderableType:
    """The report's own typography as the output can show it; a command stays as it is."""
    if isinstance(part, Padding):
        return Padding(
            _in(alphabet, part.renderable), (part.top, part.right, part.bottom, part.left)
        )
    if not isinstance(part, Text) or part.no_wrap or part.plain == alphabet.text(part.plain):
        return part
    return Text(alphabet.text(part.plain), style=part.style)
