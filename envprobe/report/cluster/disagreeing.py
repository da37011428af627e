"""Nodes whose results are not those of their profile, with the cells that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from envprobe.cluster.cluster import Cluster, Profile
from envprobe.matrix.cell import Cell
from envprobe.report.cluster.names import few_names
from envprobe.report.scan.scope import scoped_ops
from envprobe.report.units import count
from envprobe.terms import Status

MOST_GROUPS = 12
Change = tuple[Status, Status]  # of the profile, of the node


def disagreeing(cluster: Cluster) -> Iterator[Text | Padding]:
    """For each group of nodes that differ alike the cells, folded by op and dtype."""
    groups = [
        (profile, names, cells)
        for profile in cluster.profiles
        for names, cells in _groups(profile).items()
    ]
    for profile, names, cells in groups[:MOST_GROUPS]:
        yield Text(f"{few_names(names)} (profile {profile.digest})", style="bold")
        for (majority, own), those in cells.items():
            head = Text(f"{own.value}", style="red" if own is not Status.SUPPORTED else "green")
            rest = f" where most nodes have {majority.value}: {count(len(those), 'cell')}"
            yield Padding(head.append(rest, style="default"), (0, 0, 0, 2))
            if those[0].reason:
                yield Padding(Text(_short(those[0].reason), style="italic"), (0, 0, 0, 4))
            for line in scoped_ops(those, profile.cells):
                yield Padding(Text(line), (0, 0, 0, 4))
    if (left := len(groups) - MOST_GROUPS) > 0:
        yield Text(f"… and {count(left, 'more group')} of nodes (see the file)")


def _groups(profile: Profile) -> dict[tuple[str, ...], dict[Change, list[Cell]]]:
    """By nodes that occur together. A node without an answer does not disagree."""
    found: dict[tuple[str, ...], dict[Change, list[Cell]]] = defaultdict(dict)
    for row in profile.disagreements:
        majority = profile.cells[row.cell].status
        for other in row.alternatives:
            if other.cell.status is not Status.UNTESTED:
                change = (majority, other.cell.status)
                found[other.nodes].setdefault(change, []).append(other.cell)
    return dict(sorted(found.items(), key=lambda item: -sum(map(len, item[1].values()))))


def _short(reason: str) -> str:
    words = " ".join(reason.split())
    return words if len(words) <= 160 else words[:159] + "…"
