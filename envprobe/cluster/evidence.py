"""The cells themselves, fetched again from the few scans that speak for all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from envprobe.cluster.node_scan import STATUSES, NodeScan, array_from
from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Matrix
from envprobe.registrations.record import RegistryRecord
from envprobe.terms import Status

Keys = Sequence[CellKey]


class FullScan(msgspec.Struct, frozen=True, kw_only=True):
    """All of a scan, as it is read a second time."""

    cells: tuple[Cell, ...]
    registrations: RegistryRecord | None = None
    registrations_unknown: str | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """For each question and status the cell of the newest scan that had it, without timings;
    for each timed question the newest timed cell."""

    cells: dict[tuple[CellKey, Status], Cell]
    timed: dict[CellKey, Cell]
    registrations: RegistryRecord | None
    registrations_unknown: str | None


def full_scan(matrix: Matrix) -> FullScan:
    """What evidence takes of a matrix."""
    return FullScan(
        cells=matrix.cells,
        registrations=matrix.registrations,
        registrations_unknown=matrix.registrations_unknown,
    )


def evidence_for(
    scans: Sequence[NodeScan], questions: dict[str, Keys], load: Callable[[NodeScan], FullScan]
) -> Evidence:
    """Gather it, newest scan first; a scan that would add nothing is not loaded again."""
    gathering = _Gathering()
    done: set[tuple[str, bytes, bytes]] = set()
    for scan in sorted(scans, key=lambda scan: (scan.age_key, scan.name), reverse=True):
        pattern = (scan.questions, scan.statuses, scan.timed)
        if pattern not in done:  # most nodes have the answers of a newer one
            done.add(pattern)
            gathering.take(scan, questions[scan.questions], load)
    return gathering.evidence()


class _Gathering:
    """What was found so far."""

    def __init__(self) -> None:
        self._cells: dict[tuple[CellKey, Status], Cell] = {}
        self._timed: dict[CellKey, Cell] = {}
        self._record: RegistryRecord | None = None
        self._unknown: str | None = None

    def take(self, scan: NodeScan, keys: Keys, load: Callable[[NodeScan], FullScan]) -> None:
        answers = {(key, STATUSES[code]) for key, code in zip(keys, scan.statuses, strict=True)}
        wanted = answers - self._cells.keys()
        timed = {keys[at] for at in array_from("I", scan.timed)} - self._timed.keys()
        if not wanted and not timed:
            return
        full = load(scan)
        self._record = self._record or full.registrations
        self._unknown = self._unknown or full.registrations_unknown
        for cell in full.cells:
            if (cell.key, cell.status) in wanted:
                self._cells[cell.key, cell.status] = without_timing(cell)
            if cell.key in timed and cell.seconds_median is not None:
                self._timed[cell.key] = cell
        if wanted - self._cells.keys() or timed - self._timed.keys():
            raise FileFormatError(f"{scan.source} was changed while it was merged: merge again")

    def evidence(self) -> Evidence:
        return Evidence(
            cells=self._cells,
            timed=self._timed,
            registrations=self._record,
            registrations_unknown=None if self._record else self._unknown,
        )


def without_timing(cell: Cell) -> Cell:
    """The cell as all nodes of a profile share it; the shapes that were timed stay."""
    return msgspec.structs.replace(
        cell,
        seconds_median=None,
        seconds_iqr=None,
        samples=None,
        unstable=None,
        flops_per_second=None,
        bytes_per_second=None,
        conditions=None,
    )
