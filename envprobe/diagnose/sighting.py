"""What a pattern found, with the lines around it."""

from __future__ import annotations

import msgspec

from envprobe.diagnose.line import Line


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a log holds what a rule or a signal looks for.

    name     the rule's or the signal's name
    line     the line
    fields   the pattern's named groups that took part, as they stand in the log
    before   the lines before it, newest last, joined with newlines (at most 80 lines, 12,000
             characters); cleaned like the line
    after    the lines after it, likewise
    """

    name: str
    line: Line
    fields: dict[str, str]
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The line's text and what follows it: a message goes over several lines."""
        return f"{self.line.text}\n{self.after}"
