"""Nodes that are slower than others of their profile, and by which measure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from envprobe.cluster.cluster import Cluster
from envprobe.cluster.outliers import (
    LEAST_NODES,
    LEAST_SHARE,
    MOST_SCATTER,
    SLOWER_BY,
)
from envprobe.report.units import count

MOST = 12


def slower(cluster: Cluster) -> Iterator[Text]:
    """A line a device, the slowest first, and the bound; nothing where nothing was timed."""
    judged = [
        profile
        for profile in cluster.profiles
        if any(row.steady_nodes >= LEAST_NODES for row in profile.timed)
    ]
    if not judged:
        if any(profile.timed for profile in cluster.profiles):
            yield Text(f"Not told: no profile has {LEAST_NODES} nodes with steady timings.")
        return
    for one in cluster.outliers[:MOST]:
        yield Text(
            f"{one.node} {one.device}: {one.slow_cells:,} of"
            f" {count(one.steady_cells, 'steady cell')} over the bound,"
            f" typically {one.slowdown:.2f} × its profile"
        )
    if len(cluster.outliers) > MOST:
        yield Text(f"… and {len(cluster.outliers) - MOST:,} more (see the file)")
    if not cluster.outliers:
        yield Text("none")
    yield Text(
        f"Bound: {SLOWER_BY:.0%} and {MOST_SCATTER:g} standard deviations of the nodes (by their"
        f" median distance) above the median of the profile, in {LEAST_SHARE:.0%} of a device's"
        " steady cells.",
        style="dim",
    )
