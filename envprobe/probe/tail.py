"""The last bytes that a process printed, and the lines among them that tell why it died."""

from __future__ import annotations

import re

KEPT_BYTES = 64 * 1024
_TOLD_LINES = 4
_LINE_CHARACTERS = 300

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
# glog's fatal lines (tensorflow/core/platform: "2025-… F path.cc:12] Check failed: …"), the C++
# runtime's, Python's own, and glibc's.
_FATAL = re.compile(
    r"Check failed|(^|\s)F(\d{4}|\s+\S+:\d+\])|Fatal|terminate called|what\(\):|Error\b"
    r"|Assertion|assertion|std::|corrupted|free\(\)|double free|stack smashing"
)
# What a dying Python or glog adds below the line that matters.
_NOISE = re.compile(r"^\s*(Extension modules:|File \"|@\s+0x|\*\*\*|Current thread|Thread 0x)")


class Tail:
    """Keeps the end of a stream in bounded memory, however much flows through."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Append `data`; what lies further back than `kept_bytes` may be forgotten."""
        self._bytes += data
        if len(self._bytes) > 2 * self._kept_bytes:
            del self._bytes[: -self._kept_bytes]

    def clear(self) -> None:
        """Forget everything."""
        self._bytes.clear()

    def text(self) -> str:
        """At most `kept_bytes` of the end, without terminal control sequences."""
        text = bytes(self._bytes[-self._kept_bytes :]).decode("utf-8", "replace")
        return _CONTROL.sub("", text.replace("\r", "\n"))


def telling_lines(text: str) -> tuple[str, ...]:
    """The few lines of a dead process's stderr that say why it died, oldest first.

    Fatal-looking lines when there are any, else the last ones; each shortened.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not _NOISE.match(line)] or lines
    fatal = [line for line in lines if _FATAL.search(line)]
    return tuple(_shortened(line) for line in (fatal or lines)[-_TOLD_LINES:])


def _shortened(line: str) -> str:
    if len(line) <= _LINE_CHARACTERS:
        return line
    return line[: _LINE_CHARACTERS - 1] + "…"
