"""The timings of a profile's nodes: what is typical, and each node's own row."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from envprobe.cluster.cluster import TypicalTiming
from envprobe.cluster.node_scan import NO_SPREAD, NodeScan, array_from
from envprobe.cluster.timings import Timings
from envprobe.matrix.cell import Cell

Places = Mapping[str, Sequence[int]]


def typical_timings(
    scans: Sequence[NodeScan], places: Places, evidence: Mapping[int, Cell]
) -> tuple[TypicalTiming, ...]:
    """A row for each timed position; `evidence` are the timed cells by position."""
    columns: dict[int, _Column] = {}
    for scan in scans:
        own = places[scan.questions]
        spreads = array_from("I", scan.spreads)
        medians, timed = array_from("q", scan.medians), array_from("I", scan.timed)
        for at, value, spread, unstable in zip(timed, medians, spreads, scan.unstable, strict=True):
            column = columns.setdefault(own[at], _Column())
            column.add(value, spread, bool(unstable))
    return tuple(
        columns[position].typical(position, evidence.get(position)) for position in sorted(columns)
    )


def node_row(scan: NodeScan, places: Places, order: Mapping[int, int]) -> bytes:
    """The node's timings as the cluster file keeps them; `order` numbers the timed positions."""
    medians: list[int | None] = [None] * len(order)
    spreads: list[int | None] = [None] * len(order)
    unstable = []
    own = places[scan.questions]
    rows = zip(
        array_from("I", scan.timed),
        array_from("q", scan.medians),
        array_from("I", scan.spreads),
        scan.unstable,
        strict=True,
    )
    for at, value, spread, flag in rows:
        place = order[own[at]]
        medians[place] = value
        spreads[place] = None if spread == NO_SPREAD else spread
        if flag:
            unstable.append(place)
    row = Timings(
        medians_nanoseconds=tuple(medians),
        spreads_permille=tuple(spreads),
        unstable=tuple(sorted(unstable)),
    )
    return msgspec.json.encode(row)


class _Column:
    """One cell's timings over all nodes."""

    def __init__(self) -> None:
        self._medians, self._spreads, self._steady = array("q"), array("I"), bytearray()

    def add(self, nanoseconds: int, permille: int, unstable: bool) -> None:
        self._medians.append(nanoseconds)
        self._spreads.append(permille)
        self._steady.append(not unstable)

    def typical(self, position: int, cell: Cell | None) -> TypicalTiming:
        steady = sum(self._steady)
        kept = [at for at, flag in enumerate(self._steady) if flag or not steady]
        middle = median(self._medians[at] for at in kept)
        spreads = [
            self._medians[at] * self._spreads[at] / 1000
            for at in kept
            if self._spreads[at] != NO_SPREAD
        ]
        return TypicalTiming(
            cell=position,
            nodes=len(self._medians),
            steady_nodes=steady,
            seconds_median=middle / 1e9,
            seconds_iqr=median(spreads) / 1e9 if spreads else None,
            seconds_mad=median(abs(self._medians[at] - middle) for at in kept) / 1e9,
            flops=_work(cell, cell.flops_per_second) if cell else None,
            bytes=_work(cell, cell.bytes_per_second) if cell else None,
        )


def _work(cell: Cell, per_second: float | None) -> float | None:
    """What one execution does; four digits are what its timing was good for."""
    if per_second is None or not cell.seconds_median:
        return None
    return float(f"{per_second * cell.seconds_median:.9g}")
