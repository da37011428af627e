"""Nodes of a cluster that are not like the others of their environment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from envprobe.check.result import CheckFinding, ClusterAnswer
from envprobe.check.targets.profile_targets import groups_of, nodes_by_profile
from envprobe.cluster.cluster import Cluster, Outlier, Profile
from envprobe.cluster.known_registry import Registries
from envprobe.cluster.nodelist import natural, nodelist
from envprobe.matrix.cell import Cell
from envprobe.terms import Cause, Severity, Status

_CAUSES: Mapping[Status, Cause] = {
    Status.NO_KERNEL: Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    Status.TIMED_OUT: Cause.HANG_TIMEOUT,
    Status.FELL_BACK: Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    Status.UNIMPLEMENTED: Cause.UNIMPLEMENTED_ON_DEVICE,
    Status.WRONG_RESULT: Cause.UNIMPLEMENTED_ON_DEVICE,
}
MOST_TOLD = 3  # cells, or slow nodes, in a finding


def cluster_findings(
    cluster: Cluster, answer: ClusterAnswer | None = None, ops: Collection[str] | None = None
) -> tuple[CheckFinding, ...]:
    """Nodes that differ from others of the same environment: in what works, or in speed.

    With `ops`, the model's, only cells that speak of them count; with `answer` a slow node counts
    only where it can train. A slow CPU beside a GPU does not.
    """
    return (*_disagreements(cluster, ops), *_slow(_that_train(cluster, answer)))


def _disagreements(cluster: Cluster, ops: Collection[str] | None) -> Iterator[CheckFinding]:
    registries = Registries()
    nodes = nodes_by_profile(cluster)
    for profile in cluster.profiles:
        if not profile.disagreements:
            continue
        own = nodes.get(profile.digest, ())
        for group in groups_of(profile, own, registries.of(profile), ops):
            if group.deviation:
                yield _disagreement(profile, group.nodes, group.deviation, len(own))


def _disagreement(
    profile: Profile, nodes: Sequence[str], deviation: Mapping[int, Cell], total: int
) -> CheckFinding:
    first = deviation[min(deviation)]
    told = [
        f"{_called(cell)} is {cell.status.value} (elsewhere {profile.cells[at].status.value})"
        for at, cell in sorted(deviation.items())[:MOST_TOLD]
    ]
    more = len(deviation) - len(told)
    rest = f" and {more} more" if more else ""
    return CheckFinding(
        code="CHK701",
        cause=_cause(first),
        severity=Severity.WARNING,
        op=first.op,
        dtype=first.dtype,
        seen=f"{_nodes(nodes)} of the {total:,} nodes of profile {profile.digest} came out"
        f" otherwise than most: {'; '.join(told)}{rest}",
        why="Nodes of a profile have the same hardware, driver and software, and should answer"
        " alike. What makes these differ is something else: a fault of the hardware, want of"
        " memory, or what ran beside the scan."
        + (f" The node says: {first.reason}" if first.reason else ""),
        fix=f"Run `envprobe scan` again on {nodelist(nodes)}, and leave these nodes out while it"
        " stays so.",
    )


def _called(cell: Cell) -> str:
    return f"{cell.op} {cell.direction} in {cell.dtype} on {cell.device}"


def _cause(cell: Cell) -> Cause:
    on_cpu = cell.device.startswith("CPU")
    if cell.status is Status.OUT_OF_MEMORY:
        return Cause.OOM_HOST if on_cpu else Cause.OOM_GPU
    if cell.status is Status.CRASHED and not on_cpu:
        return Cause.CUDA_RUNTIME_FAULT
    return _CAUSES.get(cell.status, Cause.GRAPH_EXECUTION_GENERIC)


def _that_train(cluster: Cluster, answer: ClusterAnswer | None) -> list[Outlier]:
    can = None if answer is None else set(answer.can)
    digests = {node.name: node.profile for node in cluster.nodes}
    on_cpu = {
        profile.digest
        for profile in cluster.profiles
        if all(device.device_type == "CPU" for device in profile.devices)
    }
    return [
        one
        for one in cluster.outliers
        if (can is None or one.node in can)
        and (digests.get(one.node) in on_cpu or not one.device.startswith("CPU"))
    ]


def _slow(slow: Sequence[Outlier]) -> Iterator[CheckFinding]:
    if not slow:
        return
    names = list(dict.fromkeys(one.node for one in slow))
    worst = sorted(slow, key=lambda one: (-one.slowdown, natural(one.node)))[:MOST_TOLD]
    told = [
        f"{one.device} of {one.node} takes {one.slowdown:.2f} times as long"
        f" ({one.slow_cells} of {one.steady_cells} timings)"
        for one in worst
    ]
    yield CheckFinding(
        code="CHK702",
        cause=Cause.BENIGN,
        severity=Severity.WARNING,
        seen=f"{_nodes(names)} {'is' if len(names) == 1 else 'are'} slower than nodes of the same"
        f" profile: {'; '.join(told)}{'; …' if len(slow) > len(worst) else ''}",
        why="The model runs there. A training over several nodes waits for the slowest of them at"
        " every step.",
        fix=f"Leave them out (`--exclude={nodelist(names)}`), or find out what slows them: clocks,"
        " cooling, other jobs.",
    )


def _nodes(names: Sequence[str]) -> str:
    return f"{len(names):,} ({nodelist(names)})" if len(names) > 1 else names[0]
