"""Up to which driver branch a GPU architecture is driven."""

from __future__ import annotations

import functools

import msgspec

from envprobe.facts.table import rows, sources, words


class LastDriver(msgspec.Struct, frozen=True, kw_only=True):
    """The last driver branch for an architecture: 580 means that 590 and newer lack it."""

    architecture: str
    capabilities: tuple[str, ...]
    last_branch: int
    basis: str
    sources: tuple[str, ...]


def last_driver_for(capability: str) -> LastDriver | None:
    """The last driver branch for that compute capability; None: no end is announced."""
    return next((row for row in last_drivers() if capability in row.capabilities), None)


def is_driven(capability: str, driver: str) -> bool:
    """Whether `driver` (`590.44.01`) still drives GPUs of that compute capability."""
    last = last_driver_for(capability)
    return last is None or int(driver.split(".", maxsplit=1)[0]) <= last.last_branch


@functools.cache
def last_drivers() -> tuple[LastDriver, ...]:
    """All architectures that have a last branch; read once."""
    return tuple(
        LastDriver(
            architecture=row["architecture"],
            capabilities=words(row["capabilities"]),
            last_branch=int(row["last_branch"]),
            basis=row["basis"],
            sources=sources(row["source"]),
        )
        for row in rows("driver_architectures.csv")
    )
