"""Streams that are not as they come: looked at already, or in another encoding."""

from __future__ import annotations

import codecs
from typing import BinaryIO


class Begun:
    """A stream whose beginning was read to see what it is; the beginning comes again."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start = start
        self._rest = rest

    def read(self, size: int) -> bytes:
        """That many bytes, fewer at the end only."""
        begun, self._start = self._start[:size], self._start[size:]
        return begun + self._rest.read(size - len(begun)) if begun else self._rest.read(size)


class Transcoded:
    """Bytes in another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)("replace").decode

    def read(self, size: int) -> bytes:
        """About that many bytes; empty at the end only."""
        while data := self._stream.read(size):
            text = self._decode(data)
            if text:
                return text.encode()
        return self._decode(b"", final=True).encode()
