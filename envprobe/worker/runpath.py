"""Where a shared object lets the loader look for what it opens: its RUNPATH (ld.so(8), elf(5))."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

DYNAMIC_SEGMENT, LOAD_SEGMENT = 2, 1  # PT_DYNAMIC, PT_LOAD
END, STRINGS, RPATH, RUNPATH = 0, 5, 15, 29  # DT_NULL, DT_STRTAB, DT_RPATH, DT_RUNPATH
LONGEST_BYTES = 64 * 1024


def runpath(path: str) -> list[str]:
    """The folders in its order, `$ORIGIN` filled in; empty where the file is no 64-bit ELF object
    that can be read, or names none."""
    try:
        with open(path, "rb") as file:
            raw = _raw_runpath(file)
    except (OSError, struct.error, ValueError):
        return []
    origin = os.path.dirname(os.path.realpath(path))
    folders = (folder.replace("$ORIGIN", origin) for folder in raw.split(":") if folder)
    return list(dict.fromkeys(os.path.normpath(folder) for folder in folders))


def _raw_runpath(file: BinaryIO) -> str:
    header = file.read(64)
    if header[:6] != b"\x7fELF\x02\x01":  # 64 bits, little-endian
        return ""
    start, size, count = struct.unpack_from("<Q", header, 32) + struct.unpack_from(
        "<HH", header, 54
    )
    file.seek(start)
    table = file.read(size * count)
    # Of each segment: type, place in the file, address, size in the file.
    segments = [struct.unpack_from("<I4xQQ8xQ", table, number * size) for number in range(count)]
    dynamic = next((one for one in segments if one[0] == DYNAMIC_SEGMENT), None)
    if dynamic is None:
        return ""
    file.seek(dynamic[1])
    entries = dict(_entries(file.read(dynamic[3])))
    wanted = entries.get(RUNPATH, entries.get(RPATH))
    if wanted is None or STRINGS not in entries:
        return ""
    address = entries[STRINGS] + wanted
    for kind, place, begin, length in segments:
        if kind == LOAD_SEGMENT and begin <= address < begin + length:
            file.seek(place + address - begin)
            return str(file.read(LONGEST_BYTES).partition(b"\0")[0].decode("utf-8", "replace"))
    return ""


def _entries(data: bytes) -> Iterator[tuple[int, int]]:
    for tag, value in struct.iter_unpack("<qQ", data[: len(data) // 16 * 16]):
        if tag == END:
            return
        yield tag, value
