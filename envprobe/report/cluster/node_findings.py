"""Which nodes have which errors and warnings."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from envprobe.cluster.cluster import Cluster, NodeFinding
from envprobe.report.cluster.names import few_names
from envprobe.report.findings import STYLES


def node_findings(cluster: Cluster) -> Iterator[Text | Padding]:
    """By code the nodes and what was seen on the first of them, errors first."""
    nodes: dict[str, list[str]] = {}
    first: dict[str, NodeFinding] = {}
    for node in cluster.nodes:
        for finding in {
            cluster.findings[at].code: cluster.findings[at] for at in node.findings
        }.values():
            nodes.setdefault(finding.code, []).append(node.name)
            first.setdefault(finding.code, finding)
    order = {one.code: at for at, one in reversed(list(enumerate(cluster.findings)))}
    for code in sorted(nodes, key=lambda code: order[code]):
        finding = first[code]
        head = Text(f"{finding.severity.value} ", style=STYLES[finding.severity])
        head.append(f"{code} {finding.name}", style="bold")
        yield head.append(f" on {few_names(nodes[code])}", style="default not bold")
        seen = Text(f"{nodes[code][0]}: ", style="dim").append(
            finding.seen, style="default not dim"
        )
        yield Padding(seen, (0, 0, 0, 2))
