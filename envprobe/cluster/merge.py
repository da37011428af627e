"""Many matrices into one cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from envprobe.cluster.cluster import Cluster, NodeFinding
from envprobe.cluster.evidence import FullScan, full_scan
from envprobe.cluster.newest import NewestScans
from envprobe.cluster.node_cells import node_cells
from envprobe.cluster.node_scan import NodeScan
from envprobe.cluster.nodelist import natural
from envprobe.cluster.profiles import folded
from envprobe.cluster.reading import answers_for
from envprobe.cluster.scans_from_cluster import scans_from_cluster
from envprobe.cluster.sources import files_of
from envprobe.cluster.store import read_cluster, write_cluster
from envprobe.errors import FileFormatError, UsageError
from envprobe.matrix.store import read_matrix
from envprobe.terms import Severity
from envprobe.version import __version__

FilePath = str | os.PathLike[str]


class MergeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster, and what it was made of.

    `unreadable` has a line for each file that could not be read; `path` is None where the cluster
    was not saved.
    """

    cluster: Cluster
    files: int
    unreadable: tuple[str, ...]
    path: Path | None


def merge(
    paths: FilePath | Iterable[FilePath],
    *,
    output: FilePath | None = None,
    strict: bool = False,
    notice: Callable[[str], None] | None = None,
) -> MergeResult:
    """Merge matrix files, folders of them and cluster files; the newest scan of a node wins.

    `notice` is told at once of each file that cannot be read. Raises `UsageError` when none could
    be, or with `strict` when one could not; nothing is written then.
    """
    files, faults = files_of(Path(path) for path in _several(paths))
    reading = _Reading(notice)
    for fault in faults:
        reading.refuse(fault)
    reading.read(files)
    _check(reading, strict)
    cluster = reading.cluster()
    if output is not None:
        write_cluster(Path(output), cluster)
    return MergeResult(
        cluster=cluster,
        files=reading.files,
        unreadable=tuple(reading.unreadable),
        path=None if output is None else Path(output),
    )


def _several(paths: FilePath | Iterable[FilePath]) -> Iterable[FilePath]:
    """A single path is not a sequence of letters."""
    return [paths] if isinstance(paths, str | os.PathLike) else paths


def _check(reading: _Reading, strict: bool) -> None:
    total = reading.files + len(reading.unreadable)
    if not reading.files:
        seen = f"none of {total} could be read" if total else "no paths were given"
        raise UsageError(f"nothing to merge: {seen}: expected matrix files, folders or clusters")
    if strict and reading.unreadable:
        bad = len(reading.unreadable)
        raise UsageError(f"{bad} of {total} could not be read, and --strict: nothing written")


class _Reading:
    """The newest scan of each node, out of files that are read one after the other."""

    def __init__(self, notice: Callable[[str], None] | None) -> None:
        self.files = 0
        self.unreadable: list[str] = []
        self._notice = notice
        self._newest = NewestScans()
        self._clusters: dict[str, Cluster] = {}

    def refuse(self, fault: str) -> None:
        self.unreadable.append(fault)
        if self._notice is not None:
            self._notice(fault)

    def read(self, files: list[str]) -> None:
        for answer in answers_for(files):
            if answer.fault is not None:
                self.refuse(answer.fault)
                continue
            if answer.scan is not None:
                self._newest.add(answer.scan, answer.keys)
            elif not self._take_cluster(answer.path):
                continue
            self.files += 1

    def _take_cluster(self, path: str) -> bool:
        try:
            cluster = read_cluster(Path(path))
            for scan, keys in scans_from_cluster(cluster, path):
                self._newest.add(scan, keys)
        except FileFormatError as error:
            self.refuse(str(error))
            return False
        self._newest.note(cluster.superseded)
        self._clusters[path] = cluster
        return True

    def cluster(self) -> Cluster:
        by_profile = self._newest.by_profile()
        everything = {
            one for scans in by_profile.values() for scan in scans for one in scan.findings
        }
        findings = sorted(everything, key=_finding_order)
        places = {finding: at for at, finding in enumerate(findings)}
        parts = [
            folded(scans, self._newest.questions, places, self._load)
            for scans in by_profile.values()
        ]
        nodes = [node for part in parts for node in part.nodes]
        slow = [one for part in parts for one in part.outliers]
        return Cluster(
            envprobe=__version__,
            profiles=tuple(part.profile for part in parts),
            findings=tuple(findings),
            outliers=tuple(sorted(slow, key=lambda one: (-one.slowdown, natural(one.node)))),
            superseded=self._newest.superseded(),
            nodes=tuple(sorted(nodes, key=lambda node: natural(node.name))),
        )

    def _load(self, scan: NodeScan) -> FullScan:
        cluster = self._clusters.get(scan.source)
        if cluster is None:
            return full_scan(read_matrix(Path(scan.source)))
        node = next(node for node in cluster.nodes if node.name == scan.name)
        profile = cluster.profile_of(node)
        return FullScan(
            cells=node_cells(cluster, node),
            registrations=profile.registrations,
            registrations_unknown=profile.registrations_unknown,
        )


def _finding_order(finding: NodeFinding) -> tuple[int, str, str, str]:
    return (list(Severity).index(finding.severity), finding.code, finding.name, finding.seen)
