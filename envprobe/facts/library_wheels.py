"""Which GPU code NVIDIA's library wheels (cuDNN, cuBLAS, NCCL) hold."""

from __future__ import annotations

import functools

import msgspec

from envprobe.facts.capability import (
    Capability,
    Target,
    machine_code_runs,
    ptx_compiles,
    target_of,
)
from envprobe.facts.table import rows, sources, words


class LibraryWheel(msgspec.Struct, frozen=True, kw_only=True):
    """One wheel for Linux x86_64; `library` is the file that was read, None where not noted.

    glibc   the least that the wheel's tag allows
    """

    package: str
    version: str
    library: str | None
    sass: tuple[Target, ...]
    ptx: tuple[Target, ...]
    glibc: str
    sources: tuple[str, ...]

    def binary_for(self, gpu: Capability) -> str:
        """`sass`, `ptx` (the driver compiles it at first use) or `none`."""
        if any(machine_code_runs(target, gpu) for target in self.sass):
            return "sass"
        return "ptx" if any(ptx_compiles(target, gpu) for target in self.ptx) else "none"


def library_wheels(package: str) -> tuple[LibraryWheel, ...]:
    """The wheels of that package that were read, oldest first."""
    return tuple(wheel for wheel in _wheels() if wheel.package == package)


@functools.cache
def _wheels() -> tuple[LibraryWheel, ...]:
    return tuple(_wheel(row) for row in rows("library_wheels.csv"))


def _wheel(row: dict[str, str]) -> LibraryWheel:
    return LibraryWheel(
        package=row["package"],
        version=row["version"],
        library=row["library"] or None,
        sass=tuple(map(target_of, words(row["sass"]))),
        ptx=tuple(map(target_of, words(row["ptx"]))),
        glibc=row["glibc"],
        sources=sources(row["source"]),
    )
