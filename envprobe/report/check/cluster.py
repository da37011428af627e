"""Where in a cluster the model trains, and what to tell the scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from envprobe.check.result import ClusterAnswer
from envprobe.report.cluster.names import few_names
from envprobe.report.findings import command

MOST_LINES = 60  # of a snippet that somebody copies


def cluster(answer: ClusterAnswer) -> Iterator[Text | Padding]:
    """The nodes by what they can, then Slurm's and Kubernetes' words for it, to be copied."""
    yield Text()
    yield Text("Nodes", style="bold underline")
    for label, nodes in (
        ("can train it", answer.can),
        ("of these with a part on the CPU or emulated", answer.partly),
        ("cannot", answer.cannot),
        ("not known", answer.unknown),
    ):
        if nodes:
            yield Padding(Text(f"{label}: {few_names(nodes)}"), (0, 0, 0, 2))
    for one in answer.precisions:
        where = few_names(one.nodes) if one.nodes else "no node"
        yield Padding(Text(f"whole at {one.precision}: {where}"), (0, 0, 0, 2))
    if answer.nodelist and (answer.cannot or answer.unknown):
        yield Text()
        yield Text("Slurm (either of them)")
        yield command(f"--nodelist={answer.nodelist}")
        if answer.exclude:
            yield command(f"--exclude={answer.exclude}")
    if answer.affinity and (answer.cannot or answer.unknown):
        yield Text()
        yield from _kubernetes(answer.affinity)


def _kubernetes(affinity: str) -> Iterator[Text]:
    if affinity.count("\n") > MOST_LINES:
        yield Text("Kubernetes: --json has the nodeAffinity of all nodes that can")
        return
    yield Text("Kubernetes")
    yield command(affinity.rstrip())
