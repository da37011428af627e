"""One sign for each thing that can be true of an op and a dtype: told by shape, not by colour."""

from __future__ import annotations

from enum import Enum

import msgspec

from envprobe.terms import Status


class Mark(Enum):
    """A sign's meaning: a status of all cells, how the cells differ, or what is registered."""

    SUPPORTED = "supported"
    FORWARD_ONLY = "forward only: no gradient"
    DIFFERS = "differs by variant, direction or mode: see why"
    INVALID_DTYPE = "the op does not allow this dtype (no fault)"
    NO_KERNEL = "no kernel"
    UNIMPLEMENTED = "its kernel refuses"
    WRONG_RESULT = "wrong result"
    FELL_BACK = "ran on another device"
    OUT_OF_MEMORY = "out of memory"
    FAILED = "failed"
    CRASHED = "crashed the process"
    TIMED_OUT = "timed out"
    UNTESTED = "untested"
    REGISTERED = "registered"
    HOST_MEMORY = "registered in host memory: the CPU does the work"
    DEFAULT = "registered for every device type (DEFAULT)"
    LABEL = "registered only under a label"


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """How a mark is drawn: one column wide in either alphabet."""

    unicode: str
    ascii: str
    style: str


SIGNS: dict[Mark, Sign] = {
    Mark.SUPPORTED: Sign(unicode="✓", ascii="Y", style="green"),
    Mark.FORWARD_ONLY: Sign(unicode="f", ascii="f", style="yellow"),
    Mark.DIFFERS: Sign(unicode="~", ascii="~", style="yellow"),
    Mark.INVALID_DTYPE: Sign(unicode="·", ascii=".", style="dim"),
    Mark.NO_KERNEL: Sign(unicode="–", ascii="-", style="magenta"),
    Mark.UNIMPLEMENTED: Sign(unicode="u", ascii="u", style="magenta"),
    Mark.WRONG_RESULT: Sign(unicode="≠", ascii="#", style="bold red"),
    Mark.FELL_BACK: Sign(unicode="↓", ascii="v", style="yellow"),
    Mark.OUT_OF_MEMORY: Sign(unicode="M", ascii="M", style="red"),
    Mark.FAILED: Sign(unicode="✗", ascii="x", style="red"),
    Mark.CRASHED: Sign(unicode="!", ascii="!", style="bold red"),
    Mark.TIMED_OUT: Sign(unicode="T", ascii="T", style="red"),
    Mark.UNTESTED: Sign(unicode="?", ascii="?", style="cyan"),
    Mark.REGISTERED: Sign(unicode="r", ascii="r", style="blue"),
    Mark.HOST_MEMORY: Sign(unicode="h", ascii="h", style="yellow"),
    Mark.DEFAULT: Sign(unicode="d", ascii="d", style="blue"),
    Mark.LABEL: Sign(unicode="l", ascii="l", style="yellow"),
}

BY_STATUS: dict[Status, Mark] = {status: Mark[status.name] for status in Status}

# What must not hide behind "differs": these deserve a look even when one variant alone has them.
LOUD = (Status.CRASHED, Status.WRONG_RESULT, Status.TIMED_OUT)


class Alphabet(msgspec.Struct, frozen=True, kw_only=True):
    """Which characters the output can show."""

    unicode: bool

    def sign(self, mark: Mark) -> str:
        """The mark's character."""
        return SIGNS[mark].unicode if self.unicode else SIGNS[mark].ascii

    def text(self, words: str) -> str:
        """The words with the report's own typography replaced where it cannot be shown."""
        if self.unicode:
            return words
        for character, plain in _PLAIN.items():
            words = words.replace(character, plain)
        return words


_PLAIN = {"…": "...", "µ": "u", "×": "x", "–": "-", "·": "-", "≥": ">=", "“": '"', "”": '"'}


def alphabet_for(encoding: str | None) -> Alphabet:
    """Unicode only where the output's encoding surely holds it."""
    return Alphabet(unicode=(encoding or "").lower().replace("-", "").startswith("utf"))
