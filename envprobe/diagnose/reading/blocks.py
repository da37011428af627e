"""A stream in blocks of whole lines, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

BLOCK_BYTES = 1 << 20
SLICE_BYTES = 1 << 16
LONGEST_ESCAPE = 64

ESCAPES = re.compile(
    rb"\x1b\[[0-9;:?]*[ -/]*[@-~]"  # colours and cursor movements
    rb"|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"  # titles and links
    rb"|\x1b[@-Z\\^_()][0-9A-Za-z]?|\x1b"
)


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines without colours; within them carriage returns part what a terminal overwrites.

    number  that of its first line
    order   that of its first byte
    """

    data: bytes
    number: int
    order: int


def blocks(stream: BinaryIO) -> Iterator[Block]:
    """The stream's blocks. A line longer than one is cut, and its parts are lines of one number."""
    rest, number, order = b"", 1, 0
    while True:
        read = stream.read(BLOCK_BYTES)
        whole, rest = _cut(rest + read) if read else (rest, b"")
        if whole:
            data = clean(whole)
            yield Block(data=data, number=number, order=order)
            number += whole.count(b"\n")
            order += len(data)
        if not read:
            return


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The whole lines, and what has begun of the next; all of it where one line goes on and on."""
    end = data.rfind(b"\n") + 1
    if not end and len(data) >= BLOCK_BYTES:
        end = data.rfind(b"\r") + 1 or data.rfind(b" ") + 1 or len(data)
    return data[:end], data[end:]


def clean(data: bytes) -> bytes:
    """Without escape sequences, backspaces and zeros, and with the line ends of Unix."""
    if b"\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\x08" in data or b"\x00" in data:
        data = data.translate(None, b"\x08\x00")
    if b"\x1b" in data:
        data = b"".join(ESCAPES.sub(b"", piece) for piece in _slices(data))
    return data


def _slices(data: bytes) -> Iterator[bytes]:
    """The data in pieces that part no escape sequence: each match costs memory until its end."""
    start = 0
    while start < len(data):
        end = start + SLICE_BYTES
        opened = data.rfind(b"\x1b", end - LONGEST_ESCAPE, end)
        if opened > start and end < len(data):
            end = opened
        yield data[start:end]
        start = end
