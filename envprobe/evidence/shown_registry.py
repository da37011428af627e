"""Which registry is shown: the one asked for, the one of a scan, or the nearest that is known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from envprobe.errors import FileFormatError
from envprobe.matrix.location import latest_matrix, matrices_folder
from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import read_matrix
from envprobe.registrations import Registrations, known_releases, nearest_release, read_release
from envprobe.registrations.record import registrations_from_record

if TYPE_CHECKING:
    from envprobe.inventory.distributions import Installed

# asked      named on request
# scan       that of the TensorFlow which a scan measured
# installed  that of the TensorFlow installed beside envprobe
# newest     the newest that is known, as nothing else says which
Source = Literal["asked", "scan", "installed", "newest"]


class MeasuredHere(msgspec.Struct, frozen=True, kw_only=True):
    """A matrix file and what it holds."""

    path: Path
    matrix: Matrix


class ShownRegistry(msgspec.Struct, frozen=True, kw_only=True):
    """A registry, why this one, and the version that was `asked` for (None: none was).

    `exact` says that it is the registry of that very build, and not of the nearest release.
    `distribution` is the installed one where that decided.
    """

    registrations: Registrations
    source: Source
    asked: str | None
    exact: bool
    distribution: str | None = None


def measured_here(matrix: Path | None) -> tuple[MeasuredHere | None, tuple[str, ...]]:
    """The matrix of this file, else of this machine's last scan, and notes on what hinders that.

    Raises FileFormatError where `matrix` cannot be read; a last scan that cannot is a note.
    """
    path = matrix or latest_matrix(matrices_folder())
    if path is None:
        return None, ()
    try:
        return MeasuredHere(path=path, matrix=read_matrix(path)), ()
    except FileFormatError as error:
        if matrix:
            raise
        return None, (f"the last scan is left out: {error}",)


def shown_registry(
    tensorflow: str | None,
    measured: MeasuredHere | None,
    read: Callable[[str], Registrations] = read_release,
) -> ShownRegistry:
    """The registry for a version, else of the scan, else of what is installed, else the newest.

    `read` reads a known release, or as much of it as is needed. Raises UsageError where
    `tensorflow` is no version.
    """
    if tensorflow is not None:
        return _of_release(read, "asked", tensorflow)
    if measured is not None:
        record = measured.matrix.registrations
        own = registrations_from_record(record) if record else None
        if own is not None:
            return ShownRegistry(registrations=own, source="scan", asked=own.tensorflow, exact=True)
        if version := measured.matrix.environment.tensorflow:
            return _of_release(read, "scan", version)
    # The inventory takes longer to import than a release to read.
    from envprobe.inventory.distributions import ask_distributions, normalised

    installed = installed_tensorflow(ask_distributions(sys.path))
    if installed is not None:
        return _of_release(read, "installed", installed.version, normalised(installed.name))
    newest = read(known_releases()[-1])
    return ShownRegistry(registrations=newest, source="newest", asked=None, exact=True)


def installed_tensorflow(distributions: Iterable[Installed]) -> Installed | None:
    """The first distribution that brings the package `tensorflow`, whatever its own name is."""
    found = [one for one in distributions if one.provides_tensorflow]
    # A vendor's package may bring the folder along; one of TensorFlow's own name goes before it.
    found.sort(key=lambda one: not one.name.lower().startswith(("tensorflow", "tf-", "tf_")))
    return found[0] if found else None


def _of_release(
    read: Callable[[str], Registrations],
    source: Source,
    version: str,
    distribution: str | None = None,
) -> ShownRegistry:
    release = nearest_release(version)
    return ShownRegistry(
        registrations=read(release),
        source=source,
        asked=version,
        exact=release == version,
        distribution=distribution,
    )
