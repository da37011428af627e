"""What GPU code lies in the installed TensorFlow's library: read from its fatbins, not run.

A fatbin holds one kernel file compiled for several targets: machine code (ELF) for some, PTX for
others. nvcc puts them into the section `.nv_fatbin`; those that MLIR generates lie in `.rodata`.
The layout is that of `fatbinary_section.h` in CUDA's toolkit and of what cuobjdump prints.
"""

from __future__ import annotations

import mmap
import re
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from envprobe.inventory.guard import Answer
from envprobe.inventory.lz4_head import lz4_head

# Newest layout first; the library that holds the kernels is the first that is there.
LIBRARIES = ("libtensorflow_cc.so.2", "python/_pywrap_tensorflow_internal.so")
# Takes a tenth of a second; more on a busy machine, or where the file is not in memory yet.
FATBIN_SECONDS = 1.0
MAGIC = b"\x50\xed\x55\xba\x01\x00\x10\x00"
PTX, MACHINE_CODE = 1, 2
COMPRESSED_LZ4, COMPRESSED_ZSTD = 0x2000, 0x8000
HEAD_BYTES, PACKED_BYTES = 400, 2000
SECTIONS = (".nv_fatbin", ".rodata")
# Between two looks at the clock; a disk reads it in some hundredths of a second.
WINDOW_BYTES = 8 << 20


class GpuCode(msgspec.Struct, frozen=True, kw_only=True):
    """Kernels that were compiled for the same targets; `count` fatbins hold them.

    Spelled as CUDA does: `sm_90`, `sm_90a`. Fatbins with machine code alone or PTX alone are the
    halves of relocatable code and are left out.
    """

    sass: tuple[str, ...]
    ptx: tuple[str, ...]
    ptx_isa: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class FatbinAnswer:
    """What one library's fatbins say, unread: each distinct list of entries with its count.

    An entry is (kind, capability as 90, PTX ISA, head of the PTX's text).
    """

    path: str
    groups: tuple[tuple[tuple[tuple[int, int, str, bytes], ...], int], ...] = ()


def ask_fatbins(package: Path, seconds: float = FATBIN_SECONDS) -> Answer[FatbinAnswer]:
    """Reads the fatbins of the library in `package`, the folder `tensorflow/`.

    No answer where the time ends before the file does: what was not read could be the kernels
    that have no code for a GPU.
    """
    path = next((package / name for name in LIBRARIES if (package / name).is_file()), None)
    if path is None:
        return Answer(reason=f"neither {' nor '.join(LIBRARIES)} lies in {package}")
    end = time.monotonic() + seconds
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            answer = _read(str(path), data, lambda: time.monotonic() > end)
    except (OSError, ValueError, OverflowError, struct.error) as error:
        return Answer(reason=f"the fatbins of {path} cannot be read: {error}")
    if time.monotonic() > end:
        return Answer(reason=f"the fatbins of {path} were not read within {seconds:g} s")
    return Answer(value=answer)


def _read(path: str, data: mmap.mmap, late: Callable[[], bool]) -> FatbinAnswer:
    counts: Counter[tuple[tuple[int, int, str], ...]] = Counter()
    heads: dict[tuple[tuple[int, int, str], ...], tuple[bytes, ...]] = {}
    sections = _sections(data)
    for start, end in (sections[name] for name in SECTIONS if name in sections):
        for fatbin in _fatbins(data, start, end, late):
            entries = tuple(_entries(data, *fatbin))
            key = tuple((kind, target, isa) for kind, target, isa, _ in entries)
            counts[key] += 1
            if key not in heads:  # the others of the group are compiled by the same command
                heads[key] = tuple(_head(data, at) for *_, at in entries)
    return FatbinAnswer(path, _groups(counts, heads))


def _groups(
    counts: Counter[tuple[tuple[int, int, str], ...]],
    heads: dict[tuple[tuple[int, int, str], ...], tuple[bytes, ...]],
) -> tuple[tuple[tuple[tuple[int, int, str, bytes], ...], int], ...]:
    return tuple(
        (tuple((*entry, head) for entry, head in zip(key, heads[key], strict=True)), count)
        for key, count in counts.most_common()
    )


def _sections(data: mmap.mmap) -> dict[str, tuple[int, int]]:
    """Name -> where it begins and ends, of a 64-bit little-endian ELF file."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError("it is no 64-bit ELF file")
    (table,) = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    if table + size * count > len(data) or names >= count:
        raise ValueError("its table of sections is broken")
    headers = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    found = {}
    for name_at, kind, _, _, offset, length in headers:
        begin = headers[names][4] + name_at
        name = data[begin : data.find(b"\0", begin)].decode("ascii", "replace")
        if kind != 8:  # SHT_NOBITS has no bytes in the file
            found[name] = (offset, offset + length)
    return found


def _fatbins(
    data: mmap.mmap, start: int, end: int, late: Callable[[], bool]
) -> Iterator[tuple[int, int]]:
    """Where the entries of each fatbin begin and end; no more once it is late."""
    at = start
    while at < end and not late():
        window = min(at + WINDOW_BYTES, end)
        found = data.find(MAGIC, at, min(window + len(MAGIC), end))
        if found < 0:
            at = window
            continue
        (size,) = struct.unpack_from("<Q", data, found + 8)
        after = found + 16 + size
        if after <= end:
            yield found + 16, after
        at = after if after <= end else found + 1


def _entries(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, str, int]]:
    """(kind, capability, PTX ISA, where it stands) of each entry of a fatbin."""
    while at + 64 <= end:
        kind, _, header, size = struct.unpack_from("<HHIQ", data, at)
        minor, major, capability = struct.unpack_from("<HHI", data, at + 24)
        yield kind, capability, f"{major}.{minor}" if kind == PTX else "", at
        if header + size == 0:
            return
        at += header + size


def _head(data: mmap.mmap, at: int) -> bytes:
    """The first lines of an entry's PTX; empty where it is none, or is packed another way."""
    kind, _, header, size = struct.unpack_from("<HHIQ", data, at)
    (flags,) = struct.unpack_from("<Q", data, at + 40)
    if kind != PTX or flags & COMPRESSED_ZSTD:
        return b""
    packed = data[at + header : at + header + min(size, PACKED_BYTES)]
    return lz4_head(packed, HEAD_BYTES) if flags & COMPRESSED_LZ4 else packed[:HEAD_BYTES]


def parse_fatbins(answer: FatbinAnswer) -> tuple[GpuCode, ...]:
    """The groups, largest first; those that read alike are added up."""
    counts: Counter[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = Counter()
    for entries, count in answer.groups:
        sass = tuple(f"sm_{target}" for kind, target, _, _ in entries if kind == MACHINE_CODE)
        texts = [(target, isa, head) for kind, target, isa, head in entries if kind == PTX]
        if sass and texts:
            ptx = tuple(_target(target, head) for target, _, head in texts)
            counts[sass, ptx, tuple(sorted({isa for _, isa, _ in texts}))] += count
    return tuple(
        GpuCode(sass=sass, ptx=ptx, ptx_isa=isa, count=count)
        for (sass, ptx, isa), count in counts.most_common()
    )


def _target(capability: int, head: bytes) -> str:
    """The text's own target tells `sm_90a`; the entry's header leaves the letter out."""
    match = re.search(rb"\.target\s+(sm_\d+[af]?)", head)
    return match[1].decode() if match else f"sm_{capability}"
