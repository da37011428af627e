"""A node's own matrix, put together again from its profile and its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from envprobe.cluster.cluster import (
    Cluster,
    Node,
    Profile,
    Survey,
    TypicalTiming,
    timings_of,
)
from envprobe.matrix.cell import Cell


def node_cells(cluster: Cluster, node: Node) -> tuple[Cell, ...]:
    """The node's cells with its own statuses and timings; a number of samples is not kept."""
    profile = cluster.profile_of(node)
    cells = own_cells(profile, node, deviations(profile).get(node.name, {}))
    for row, timing in own_timings(profile, node):
        if row.cell in cells:
            cells[row.cell] = msgspec.structs.replace(cells[row.cell], **timing)
    return tuple(cells.values())


def typical_cells(profile: Profile) -> tuple[Cell, ...]:
    """The profile's cells, with the timing that is typical of its nodes."""
    cells = list(profile.cells)
    for row in profile.timed:
        timing = timing_fields(row, row.seconds_median, row.seconds_iqr, row.steady_nodes == 0)
        cells[row.cell] = msgspec.structs.replace(cells[row.cell], **timing)
    return tuple(cells)


def asked_positions(survey: Survey) -> Iterator[int]:
    """The positions of the cells that were asked."""
    for first, last in survey.cells:
        yield from range(first, last + 1)


def deviations(profile: Profile) -> dict[str, dict[int, Cell]]:
    """By node the cells, by position, in which it is not of the majority's opinion."""
    found: dict[str, dict[int, Cell]] = {}
    for disagreement in profile.disagreements:
        for alternative in disagreement.alternatives:
            for name in alternative.nodes:
                found.setdefault(name, {})[disagreement.cell] = alternative.cell
    return found


def own_cells(profile: Profile, node: Node, deviating: Mapping[int, Cell]) -> dict[int, Cell]:
    """By position the cells that the node was asked, as they came out there, without timings."""
    positions = asked_positions(profile.surveys[node.survey])
    return {at: deviating.get(at, profile.cells[at]) for at in positions}


def own_timings(
    profile: Profile, node: Node
) -> Iterator[tuple[TypicalTiming, dict[str, float | bool | None]]]:
    """For each cell that the node timed its profile's row and the fields of its own timing."""
    timings = timings_of(profile, node)
    unstable = set(timings.unstable)
    rows = zip(profile.timed, timings.medians_nanoseconds, timings.spreads_permille, strict=True)
    for at, (row, nanoseconds, permille) in enumerate(rows):
        if nanoseconds is not None:
            median = nanoseconds / 1e9
            iqr = None if permille is None else median * permille / 1000
            yield row, timing_fields(row, median, iqr, at in unstable)


def timing_fields(
    row: TypicalTiming, median: float, iqr: float | None, unstable: bool
) -> dict[str, float | bool | None]:
    """The fields of a cell's timing, its rates among them."""
    return {
        "seconds_median": median,
        "seconds_iqr": iqr,
        "unstable": unstable,
        "flops_per_second": row.flops / median if row.flops is not None and median else None,
        "bytes_per_second": row.bytes / median if row.bytes is not None and median else None,
    }
