"""Scans that newer ones of the same node replaced."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from envprobe.cluster.cluster import Cluster, Superseded
from envprobe.report.cluster.names import few_names
from envprobe.report.units import count

MOST = 6


def superseded(cluster: Cluster) -> Iterator[Text]:
    """How many there are, and the nodes whose environment or questions changed in between."""
    if not cluster.superseded:
        return
    nodes = {node.name: node for node in cluster.nodes}
    names = sorted({old.name for old in cluster.superseded})
    total = count(len(cluster.superseded), "older scan")
    yield Text(f"{total} of {few_names(names)}; the newest counts.")
    changed = [old for old in cluster.superseded if nodes[old.name].profile != old.profile]
    for old in changed[:MOST]:
        yield Text(
            f"{old.name} was measured in another environment, {old.profile} ({old.started});"
            f" {nodes[old.name].profile} ({nodes[old.name].started}) counts"
        )
    if len(changed) > MOST:
        yield Text(f"… and {len(changed) - MOST:,} more in another environment (see the file)")
    for old, cells in _larger(cluster)[:MOST]:
        yield Text(f"{old.name}: the older scan had {old.cells:,} cells, the newer has {cells:,}")


def _larger(cluster: Cluster) -> list[tuple[Superseded, int]]:
    """Older scans that asked more than the newest one."""
    sizes = {
        (profile.digest, at): sum(last - first + 1 for first, last in survey.cells)
        for profile in cluster.profiles
        for at, survey in enumerate(profile.surveys)
    }
    own = {node.name: sizes[node.profile, node.survey] for node in cluster.nodes}
    return [(old, own[old.name]) for old in cluster.superseded if old.cells > own[old.name]]
