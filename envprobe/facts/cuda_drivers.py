"""Which NVIDIA driver a CUDA toolkit needs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from envprobe.facts.table import reasons, rows, sources
from envprobe.facts.unknown import Unknown

System = Literal["Linux", "Windows"]
Reach = Literal["full", "without_ptx", "too_old"]


class DriverFloor(msgspec.Struct, frozen=True, kw_only=True):
    """What CUDA `cuda` asks of the driver on one system.

    floor       the oldest driver that runs it: any toolkit of the same major runs there
    full_from   the driver that the toolkit brings: from it on PTX of this toolkit compiles, too;
                None: the toolkit brings none, and `why_not_full` says so
    """

    cuda: str
    system: System
    floor: str
    full_from: str | None
    why_not_full: str | None
    notes: str
    sources: tuple[str, ...]

    def reach(self, driver: str) -> Reach | Unknown:
        """What works with `driver` (`535.104.05`).

        `without_ptx`: machine code runs; PTX of this toolkit is refused
        (CUDA_ERROR_UNSUPPORTED_PTX_VERSION), so that GPUs without machine code fail.
        """
        have = driver_version(driver)
        if have < driver_version(self.floor):
            return "too_old"
        if self.full_from is None:
            return Unknown(self.why_not_full or "")
        return "full" if have >= driver_version(self.full_from) else "without_ptx"


class ToolkitDriver(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `cuda_drivers.csv`; system -> version, empty where there is none."""

    cuda: str
    bundled: Mapping[str, str]
    floors: Mapping[str, str]
    basis: str
    unknown: Mapping[str, str]
    notes: str
    sources: tuple[str, ...]


def driver_version(text: str) -> tuple[int, ...]:
    """`525.60.13` as numbers that compare. Raises ValueError for anything else."""
    return tuple(int(part) for part in text.split("."))


def minimum_driver(cuda: str, system: System) -> DriverFloor | Unknown:
    """The driver that CUDA `cuda` needs; `"12.5"` means 12.5.0, `"12.5.82"` the nearest below.

    In WSL the driver is that of Windows.
    """
    row = _toolkit(cuda)
    if isinstance(row, Unknown):
        return row
    bundled, floor = row.bundled[system], row.floors[system] or row.bundled[system]
    if not floor:
        return Unknown(row.unknown[f"driver_{system.lower()}"])
    return DriverFloor(
        cuda=row.cuda,
        system=system,
        floor=floor,
        full_from=bundled or None,
        why_not_full=None if bundled else row.unknown[f"driver_{system.lower()}"],
        notes=row.notes,
        sources=row.sources,
    )


def compatible_floor(cuda_major: str, system: System) -> str | Unknown:
    """The oldest driver that runs every toolkit of that major: `("12", "Linux")` is 525.60.13."""
    family = [row for row in toolkit_drivers() if row.cuda.split(".")[0] == cuda_major]
    if not family:
        return Unknown(f"no table knows CUDA {cuda_major}")
    floors = [row.floors[system] for row in family if row.floors[system]]
    if not floors:
        return Unknown(family[-1].unknown[f"floor_{system.lower()}"])
    return max(floors, key=driver_version)


@functools.cache
def toolkit_drivers() -> tuple[ToolkitDriver, ...]:
    """All toolkits, oldest first; read once."""
    return tuple(_toolkit_driver(row) for row in rows("cuda_drivers.csv"))


def _toolkit(cuda: str) -> ToolkitDriver | Unknown:
    parts = cuda.split(".")
    if len(parts) < 2 or not all(part.isdigit() for part in parts):
        return Unknown(f"{cuda!r} names no minor version of CUDA")
    same = [row for row in toolkit_drivers() if row.cuda.split(".")[:2] == parts[:2]]
    if not same:
        return Unknown(f"no table knows CUDA {cuda}")
    wanted = driver_version(cuda)
    return next((row for row in reversed(same) if driver_version(row.cuda) <= wanted), same[0])


def _toolkit_driver(row: dict[str, str]) -> ToolkitDriver:
    return ToolkitDriver(
        cuda=row["cuda"],
        bundled=_by_system(row, "driver"),
        floors=_by_system(row, "floor"),
        basis=row["basis"],
        unknown=MappingProxyType(reasons(row["why_empty"])),
        notes=row["notes"],
        sources=sources(row["source"]),
    )


def _by_system(row: dict[str, str], column: str) -> Mapping[str, str]:
    return MappingProxyType({"Linux": row[f"{column}_linux"], "Windows": row[f"{column}_windows"]})
