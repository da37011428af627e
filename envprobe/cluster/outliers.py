"""Devices that are slower than the same devices of other nodes of the same profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from envprobe.cluster.cluster import Outlier, TypicalTiming
from envprobe.cluster.node_scan import NodeScan, array_from
from envprobe.matrix.cell import Cell

SLOWER_BY = 0.10  # a cell counts as slow above this, and above the scatter of the nodes
MOST_SCATTER = 3.0  # standard deviations, as the median distance tells them
NORMAL_BY_MAD = 1.4826  # the standard deviation of normal numbers over their median distance
LEAST_SHARE = 0.25  # of a device's steady cells that are slow, before the device is called slow
LEAST_CELLS = 5  # fewer say nothing about a device
LEAST_NODES = 4  # of fewer nodes nobody can say which of them is the odd one


def outliers(
    scans: Sequence[NodeScan],
    places: Mapping[str, Sequence[int]],
    cells: Sequence[Cell],
    typical: Sequence[TypicalTiming],
) -> Iterator[Outlier]:
    """The nodes' devices of which many steady cells are slower than the bound."""
    judged = (row for row in typical if row.steady_nodes >= LEAST_NODES)
    comparable = {row.cell: row for row in judged if row.seconds_median > 0}
    if not comparable:
        return
    bounds = {at: bound_seconds(row) for at, row in comparable.items()}
    for scan in scans:
        ratios: dict[str, list[float]] = {}
        slow: dict[str, int] = {}
        for position, seconds in _steady(scan, places[scan.questions]):
            if position not in comparable:
                continue
            device = cells[position].device
            ratios.setdefault(device, []).append(seconds / comparable[position].seconds_median)
            slow[device] = slow.get(device, 0) + (seconds > bounds[position])
        for device in sorted(ratios):
            steady = len(ratios[device])
            if steady >= LEAST_CELLS and slow[device] >= LEAST_SHARE * steady:
                yield Outlier(
                    node=scan.name,
                    device=device,
                    steady_cells=steady,
                    slow_cells=slow[device],
                    slowdown=round(median(ratios[device]), 4),
                )


def bound_seconds(row: TypicalTiming) -> float:
    """Above this a node's time for the cell is slow: never just scatter, never a few per cent."""
    scatter = MOST_SCATTER * NORMAL_BY_MAD * row.seconds_mad
    return max(row.seconds_median * (1 + SLOWER_BY), row.seconds_median + scatter)


def _steady(scan: NodeScan, places: Sequence[int]) -> Iterator[tuple[int, float]]:
    timed, medians = array_from("I", scan.timed), array_from("q", scan.medians)
    for at, nanoseconds, unstable in zip(timed, medians, scan.unstable, strict=True):
        if not unstable and nanoseconds > 0:
            yield places[at], nanoseconds / 1e9
