"""The lines around a place in a block, which may begin or end in its neighbours."""

from __future__ import annotations

import functools

import msgspec

from envprobe.diagnose.reading.launcher import Launcher
from envprobe.diagnose.reading.shown import shown

MOST_LINES = 80
MOST_BYTES = 12_000


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A block between its neighbours."""

    previous: bytes
    data: bytes
    following: bytes

    def before(self, start: int) -> bytes:
        """What stands above the line that starts there."""
        raw = self.data[max(0, start - MOST_BYTES) : start]
        return raw if len(raw) == MOST_BYTES else self.previous[len(raw) - MOST_BYTES :] + raw

    def after(self, end: int) -> bytes:
        """What stands below the line that ends there."""
        raw = self.data[end : end + MOST_BYTES]
        return (raw + self.following[: MOST_BYTES - len(raw)])[1:]


class Around:
    """What stands around one line; made into text where it is asked for, which is seldom."""

    def __init__(self, window: Window, start: int, end: int, launcher: Launcher) -> None:
        self._before, self._after = window.before(start), window.after(end)
        self._launcher = launcher

    @functools.cached_property
    def before(self) -> str:
        """The lines above, the nearest last."""
        return "\n".join(_lines(self._before, self._launcher)[-MOST_LINES:])

    @functools.cached_property
    def after(self) -> str:
        """The lines below."""
        return "\n".join(_lines(self._after, self._launcher)[:MOST_LINES])


def _lines(raw: bytes, launcher: Launcher) -> list[str]:
    text = shown(raw.replace(b"\r", b"\n").removesuffix(b"\n"))
    return [launcher.strip(line)[0] for line in text.split("\n")]
