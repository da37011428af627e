"""What a plain `pip install` of a release leads to when nothing else bounds it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from envprobe.facts.table import rows, sources

Outcome = Literal["runs", "resolves", "import_fails", "not_installable"]
PACKAGES = ("numpy", "protobuf", "keras", "tensorboard", "h5py", "ml_dtypes")


class FreshInstall(msgspec.Struct, frozen=True, kw_only=True):
    """One installation that was tried on the day `tried_on`.

    outcome     `resolves`: pip found versions, nothing was installed
    versions    package -> what pip chose; without those that it did not install or nobody noted
    error       what was printed, empty where nothing failed
    """

    requirement: str
    release: str
    python: str
    outcome: Outcome
    versions: Mapping[str, str]
    error: str
    tried_on: str
    sources: tuple[str, ...]


def fresh_installs_of(release: str) -> tuple[FreshInstall, ...]:
    """The installations of that release that were tried; none where none was."""
    return tuple(row for row in fresh_installs() if row.release == release)


@functools.cache
def fresh_installs() -> tuple[FreshInstall, ...]:
    """All installations; read once."""
    return tuple(_fresh_install(row) for row in rows("fresh_installs.csv"))


def _fresh_install(row: dict[str, str]) -> FreshInstall:
    return FreshInstall(
        requirement=row["requirement"],
        release=row["release"],
        python=row["python"],
        outcome=cast(Outcome, row["outcome"]),
        versions=MappingProxyType({name: row[name] for name in PACKAGES if row[name]}),
        error=row["error"],
        tried_on=row["tried_on"],
        sources=sources(row["source"]),
    )
