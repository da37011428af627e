"""Prints the parts of a report in the characters that the output can show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from envprobe.report.symbols import Alphabet, alphabet_for

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_parts(parts: Iterable[RenderableType], console: Console) -> None:
    """Each part for the console's width and encoding; what is not to wrap stays whole."""
    alphabet = alphabet_for(console.encoding)
    for part in parts:
        shown = _in(alphabet, part)
        if isinstance(shown, Text) and shown.no_wrap:
            console.print(shown, no_wrap=True, overflow="ignore", crop=False)  # to be copied
        else:
            console.print(shown)


def _in(alphabet: Alphabet, part: RenderableType) -> RenderableType:
    """The report's own typography as the output can show it; a command stays as it is."""
    if isinstance(part, Padding):
        return Padding(
            _in(alphabet, part.renderable), (part.top, part.right, part.bottom, part.left)
        )
    if not isinstance(part, Text) or part.no_wrap or part.plain == alphabet.text(part.plain):
        return part
    return Text(alphabet.text(part.plain), style=part.style)
