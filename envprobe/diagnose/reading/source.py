"""Opens a log: a file, a compressed one, a notebook's outputs, standard input or text."""

from __future__ import annotations

import codecs
import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from envprobe.diagnose.reading.notebook import is_notebook, notebook_outputs
from envprobe.errors import UsageError

STDIN = "-"
LOOK_BYTES = 8192
# A text has hardly any control characters but those of terminals; a program or a model is full.
MOST_CONTROLS = 0.05
ALLOWED_CONTROLS = b"\t\n\r\x07\x08\x0c\x1b"


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A stream of UTF-8 text and the name its lines are shown with."""

    file: str
    stream: BinaryIO


@contextmanager
def opened(name: str) -> Iterator[Iterator[Piece]]:
    """The pieces of a log: one, or one for each cell of a notebook.

    Raises UsageError for what is missing, a folder, unreadable or not a text.
    """
    if name == STDIN:
        yield _pieces(name, _peekable(sys.stdin.buffer))
        return
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"{name} is a folder: name the log files in it")
    try:
        with path.open("rb") as file:
            yield _pieces(name, _peekable(_unpacked(file)))
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {name}") from error
    except (OSError, EOFError) as error:
        raise UsageError(f"cannot read {name}: {error}") from error


def text_piece(text: str, file: str = "<text>") -> Piece:
    """A text as a piece."""
    return Piece(file=file, stream=io.BytesIO(text.encode("utf-8", "surrogateescape")))


def _pieces(name: str, stream: io.BufferedReader) -> Iterator[Piece]:
    start = stream.peek(LOOK_BYTES)[:LOOK_BYTES]
    encoding = _wide_encoding(start)
    if encoding is None and _is_binary(start):
        raise UsageError(f"{name} is no text: it holds binary data; give the log of a run")
    if encoding:
        yield Piece(file=name, stream=cast(BinaryIO, _Transcoded(stream, encoding)))
    elif is_notebook(name, start):
        for cell, text in notebook_outputs(name, stream):
            yield text_piece(text, f"{name}[{cell}]")
    else:
        yield Piece(file=name, stream=stream)


def _peekable(stream: BinaryIO) -> io.BufferedReader:
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(cast(io.RawIOBase, stream), LOOK_BYTES)


def _unpacked(file: io.BufferedReader) -> BinaryIO:
    """What is inside of a compressed log; rotated logs are."""
    if file.peek(2)[:2] == b"\x1f\x8b":
        return cast(BinaryIO, gzip.GzipFile(fileobj=file))
    return file


def _wide_encoding(start: bytes) -> str | None:
    """UTF-16, in which Windows' PowerShell writes what is redirected into a file."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) > 64 and start[1::2].count(0) > len(start) * 0.4:
        return "utf-16-le"
    if len(start) > 64 and start[::2].count(0) > len(start) * 0.4:
        return "utf-16-be"
    return None


def _is_binary(start: bytes) -> bool:
    # A log that was cut while it was written to begins with zeros, for which no disk is used.
    text = start.replace(b"\0", b"")
    controls = sum(byte < 32 and byte not in ALLOWED_CONTROLS for byte in text)
    return controls > len(text) * MOST_CONTROLS


class _Transcoded:
    """Bytes in another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder(encoding)("replace").decode

    def read(self, size: int) -> bytes:
        """About that many bytes; empty at the end only."""
        data = self._stream.read(size)
        text = self._decode(data, final=not data)
        return text.encode() or (self.read(size) if data else b"")
