"""The beginning of an LZ4 block, unpacked; Python's library has no LZ4."""

from __future__ import annotations


def lz4_head(packed: bytes, most: int) -> bytes:
    """At most `most` bytes of what was packed; less where `packed` ends earlier or is broken.

    Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
    """
    out = bytearray()
    try:
        at = 0
        while at < len(packed) and len(out) < most:
            token, at = packed[at], at + 1
            literals, at = _length(packed, at, token >> 4)
            out += packed[at : at + literals]
            at += literals
            back = packed[at] | packed[at + 1] << 8
            repeated, at = _length(packed, at + 2, token & 15)
            if not 0 < back <= len(out):
                break
            for _ in range(repeated + 4):  # source and target overlap on purpose
                out.append(out[-back])
    except IndexError:
        pass  # the last sequence has no match, and `packed` may be cut
    return bytes(out[:most])


def _length(packed: bytes, at: int, length: int) -> tuple[int, int]:
    """15 means that bytes follow, each to be added, up to the first below 255."""
    if length == 15:
        while True:
            more, at = packed[at], at + 1
            length += more
            if more != 255:
                break
    return length, at
