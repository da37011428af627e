"""A kernel on the nodes of a cluster: which have it, which do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from envprobe.cluster.cluster import Cluster, Node, Profile
from envprobe.cluster.known_registry import Registries
from envprobe.cluster.node_cells import asked_positions, deviations
from envprobe.cluster.nodelist import natural, nodelist
from envprobe.diagnose.here.kernel_asked import KernelAsked
from envprobe.diagnose.here.kernel_known import Answer, Known, known_of
from envprobe.errors import UsageError
from envprobe.matrix.cell import Cell


class NodesKnown(NamedTuple):
    """Nodes of one profile that say the same of a kernel; `gpus` are their models."""

    nodes: tuple[str, ...]
    gpus: frozenset[str]
    known: Known


def known_by_nodes(cluster: Cluster, asked: KernelAsked) -> tuple[NodesKnown, ...]:
    """Every node once."""
    registries = Registries()
    found = []
    for profile in cluster.profiles:
        registrations = registries.of(profile).registrations
        gpus = frozenset(d.model for d in profile.devices if d.device_type == "GPU" and d.model)
        for nodes, cells in _alike(cluster, profile, asked):
            known = known_of(asked, cells, profile.devices, registrations)
            found.append(NodesKnown(nodes, gpus, known))
    return tuple(found)


def _alike(
    cluster: Cluster, profile: Profile, asked: KernelAsked
) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
    """The nodes by their own cells of this op."""
    positions = [at for at, cell in enumerate(profile.cells) if cell.op == asked.op]
    surveys = [frozenset(asked_positions(one)) for one in profile.surveys]
    own = deviations(profile)
    groups: dict[tuple[tuple[int, str], ...], tuple[list[str], tuple[Cell, ...]]] = {}
    for node in cluster.nodes:
        if node.profile == profile.digest:
            cells = _cells(profile, node, positions, surveys, own)
            key = tuple((at, cell.status.value) for at, cell in cells.items())
            groups.setdefault(key, ([], tuple(cells.values())))[0].append(node.name)
    for names, cells_of in groups.values():
        yield tuple(names), cells_of


def _cells(
    profile: Profile,
    node: Node,
    positions: Sequence[int],
    surveys: Sequence[frozenset[int]],
    own: Mapping[str, Mapping[int, Cell]],
) -> dict[int, Cell]:
    deviating = own.get(node.name, {})
    return {
        at: deviating.get(at, profile.cells[at]) for at in positions if at in surveys[node.survey]
    }


def names_by_answer(found: Iterable[NodesKnown]) -> dict[Answer, str]:
    """For each answer the nodes, as compact lists."""
    names: dict[Answer, list[str]] = {}
    for one in found:
        names.setdefault(one.known.answer, []).extend(one.nodes)
    return {answer: listed(those) for answer, those in names.items()}


def listed(names: Iterable[str]) -> str:
    """`node[3-7]`; names that Slurm would not take are spelled out."""
    names = sorted(set(names), key=natural)
    try:
        return nodelist(names)
    except UsageError:
        return ", ".join(names)
