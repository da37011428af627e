"""Opens a log: a file, a compressed one, a notebook's outputs, standard input or text."""

from __future__ import annotations

import codecs
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from envprobe.diagnose.reading.begun import Begun, Transcoded
from envprobe.diagnose.reading.notebook import is_notebook, notebook_outputs
from envprobe.diagnose.reading.shown import printable
from envprobe.errors import UsageError

STDIN = "-"
GZIP = b"\x1f\x8b"
LOOK_BYTES = 8192
# A text has hardly any control characters but those of terminals; a program or a model is full.
MOST_CONTROLS = 0.05
# Of UTF-16 every other byte is zero, nearly, where the text is English.
LEAST_HALF, MOST_ZEROS = 0.4, 0.1
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
    told = printable(name)
    try:
        with _bytes_of(name, told) as stream:
            yield _pieces(told, stream)
    except FileNotFoundError as error:
        raise UsageError(f"there is no file {told}") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot read {told}: {reason}") from error


@contextmanager
def _bytes_of(name: str, told: str) -> Iterator[BinaryIO]:
    if name == STDIN:
        if sys.stdin is None:
            raise UsageError("standard input is closed: give the log's file, or pipe it in")
        yield sys.stdin.buffer
        return
    if not name:
        raise UsageError("a log's name is empty: give its file, or - for standard input")
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"{told} is a folder: name the log files in it")
    with path.open("rb") as file:
        yield file


def text_piece(text: str, file: str = "<text>") -> Piece:
    """A text as a piece."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character that stands for no byte
        data = text.encode("utf-8", "replace")
    return Piece(file=file, stream=io.BytesIO(data))


def _pieces(name: str, stream: BinaryIO) -> Iterator[Piece]:
    start, stream = _unpacked(stream)
    encoding = _wide_encoding(start)
    if encoding is None and _is_binary(start):
        raise UsageError(f"{name} is no text: it holds binary data; give the log of a run")
    if encoding:
        yield Piece(file=name, stream=cast(BinaryIO, Transcoded(stream, encoding)))
    elif is_notebook(name, start):
        yield from _notebook_pieces(name, stream)
    else:
        yield Piece(file=name, stream=stream)


def _notebook_pieces(name: str, stream: BinaryIO) -> Iterator[Piece]:
    """A piece for each cell; an empty one where none printed anything, as of an empty log."""
    outputs = [(f"{name}[{cell}]", text) for cell, text in notebook_outputs(name, stream)]
    for file, text in outputs or [(name, "")]:
        yield text_piece(text, file)


def _unpacked(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """How it begins, and all of it, without a mark of UTF-8; rotated logs are compressed.

    The beginning is read, not peeked at: of a pipe a peek shows what came first, however little.
    """
    start = stream.read(LOOK_BYTES)
    if start.startswith(GZIP):
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=cast(BinaryIO, Begun(start, stream))))
        start = stream.read(LOOK_BYTES)
    start = start.removeprefix(codecs.BOM_UTF8)
    return start, cast(BinaryIO, Begun(start, stream))


def _wide_encoding(start: bytes) -> str | None:
    """UTF-16, in which Windows' PowerShell writes what is redirected into a file."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) <= 64:
        return None
    first, second = (start[side::2].count(0) / len(start) for side in (0, 1))
    # Zeros everywhere are no text: a log that was cut while it was written to begins with them.
    if min(first, second) > MOST_ZEROS:
        return None
    if second > LEAST_HALF:
        return "utf-16-le"
    return "utf-16-be" if first > LEAST_HALF else None


def _is_binary(start: bytes) -> bool:
    if start.startswith(GZIP):  # packed twice
        return True
    # A log that was cut while it was written to begins with zeros, for which no disk is used.
    text = start.replace(b"\0", b"")
    controls = sum(byte < 32 and byte not in ALLOWED_CONTROLS for byte in text)
    return controls > len(text) * MOST_CONTROLS
