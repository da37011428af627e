"""The profiles of a cluster as targets, and the nodes that came out otherwise as their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from envprobe.check.target import Target
from envprobe.check.targets.concerning import concerns
from envprobe.check.targets.machine_targets import Machine, targets_of_machine
from envprobe.cluster.cluster import Cluster, Profile
from envprobe.cluster.known_registry import KnownRegistry, Registries
from envprobe.cluster.node_cells import deviations, typical_cells
from envprobe.matrix.cell import Cell
from envprobe.terms import Status

Deviation = Mapping[int, Cell]


class Alike(NamedTuple):
    """Nodes of a profile with the same answers; `deviation` is empty for the majority."""

    nodes: tuple[str, ...]
    deviation: Deviation


def targets_of_cluster(
    cluster: Cluster, registries: Registries, ops: Collection[str] | None = None
) -> tuple[Target, ...]:
    """Those of every profile, in the file's order; nodes that deviate alike share theirs.

    With `ops` a node deviates only where its cells speak of one of them.
    """
    nodes = nodes_by_profile(cluster)
    return tuple(
        target
        for profile in cluster.profiles
        for target in _targets_of_profile(profile, nodes.get(profile.digest, ()), registries, ops)
    )


def nodes_by_profile(cluster: Cluster) -> dict[str, list[str]]:
    """The names of the nodes by their profile's digest, in the file's order."""
    found: dict[str, list[str]] = {}
    for node in cluster.nodes:
        found.setdefault(node.profile, []).append(node.name)
    return found


def groups_of(
    profile: Profile,
    nodes: Sequence[str],
    registry: KnownRegistry,
    ops: Collection[str] | None = None,
) -> tuple[Alike, ...]:
    """The nodes by their answers: the majority first, where there is one."""
    own = {
        name: deviation
        for name, cells in deviations(profile).items()
        if (deviation := _that_counts(cells, registry, ops))
    }
    groups: dict[frozenset[tuple[int, Status]], list[str]] = {}
    for name in nodes:
        differing = frozenset((at, cell.status) for at, cell in own.get(name, {}).items())
        groups.setdefault(differing, []).append(name)
    ordered = sorted(groups.items(), key=lambda group: bool(group[0]))
    return tuple(Alike(tuple(names), own.get(names[0], {})) for _, names in ordered)


def _that_counts(
    cells: Deviation, registry: KnownRegistry, ops: Collection[str] | None
) -> dict[int, Cell]:
    """Without what was not answered: there the profile's answer is the best there is."""
    return {
        at: cell
        for at, cell in cells.items()
        if cell.status is not Status.UNTESTED and concerns(cell, ops, registry.registrations)
    }


def _targets_of_profile(
    profile: Profile, nodes: Sequence[str], registries: Registries, ops: Collection[str] | None
) -> Iterator[Target]:
    registry = registries.of(profile)
    cells = typical_cells(profile)
    for group in groups_of(profile, nodes, registry, ops):
        yield from targets_of_machine(
            Machine(
                name=group.nodes[0] if len(group.nodes) == 1 else profile.digest,
                nodes=group.nodes,
                environment=profile.environment,
                devices=profile.devices,
                cells=_with(cells, group.deviation),
                registry=registry,
            )
        )


def _with(cells: Sequence[Cell], deviation: Deviation) -> Sequence[Cell]:
    return [deviation.get(at, cell) for at, cell in enumerate(cells)] if deviation else cells
