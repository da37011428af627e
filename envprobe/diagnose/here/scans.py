"""The matrices that a diagnosis is joined with: those that were named, or this machine's last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from envprobe.cluster.cluster import Cluster
from envprobe.cluster.merge import merge
from envprobe.cluster.side import read_side
from envprobe.diagnose.here.machine import Machine
from envprobe.evidence.saved_scan import age, saved_scan
from envprobe.inventory import Inventory
from envprobe.matrix.location import matrices_folder, matrices_of
from envprobe.matrix.matrix import Matrix

NO_SCAN = "no scan of this machine: run `envprobe scan`"


class Scans(msgspec.Struct, frozen=True, kw_only=True):
    """A matrix or a cluster, with neither the reason in `unknown`.

    `given` tells whether the user named it. `notes` say what could not be read.
    """

    matrix: Matrix | None = None
    cluster: Cluster | None = None
    given: bool = False
    unknown: str = NO_SCAN
    notes: tuple[str, ...] = ()


def given_scans(paths: Sequence[Path]) -> Scans:
    """What the files and folders hold; of several scans of one machine the newest.

    Raises FileFormatError or UsageError where nothing can be read.
    """
    faults: list[str] = []
    found = _read(paths, faults)
    notes = tuple(f"left out: {fault}" for fault in faults)
    if isinstance(found, Matrix):
        return Scans(matrix=found, given=True, notes=notes)
    return Scans(cluster=found, given=True, notes=notes)


def _read(paths: Sequence[Path], faults: list[str]) -> Matrix | Cluster:
    if len(paths) == 1 and not paths[0].is_dir():
        return read_side(paths[0])
    return merge(paths, notice=faults.append).cluster


def last_scan(
    machine: Machine, tensorflow: str | None, files: Iterable[Path] | None = None
) -> Scans:
    """This machine's last scan that still holds; one of the log's TensorFlow goes before others.

    `files` are its matrices, the newest first; by default those in the user's folder.
    """
    inventory = machine.inventory
    if inventory is None:
        return Scans(unknown=machine.unknown)
    files = list(_of_this_machine(inventory) if files is None else files)
    notes: tuple[str, ...] = ()
    for release in dict.fromkeys((tensorflow, None)):
        saved = saved_scan(files, release, inventory, machine.now)
        if saved.matrix is not None:
            return Scans(matrix=saved.matrix)
        notes = saved.notes or notes
    return Scans(unknown=f"{NO_SCAN} ({notes[0]})" if notes else NO_SCAN)


def _of_this_machine(inventory: Inventory) -> list[Path]:
    host = inventory.host.hostname
    return matrices_of(host, matrices_folder()) if host else []


def name_of(matrix: Matrix, now: datetime) -> str:
    """`the matrix of trainer-7 (2 days ago)`."""
    return f"the matrix of {matrix.scan.host} ({age(matrix.scan.started, now)})"
