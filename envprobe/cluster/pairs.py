"""Which part of one file is to be compared with which part of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from envprobe.cluster.cluster import Cluster, Node
from envprobe.cluster.nodelist import natural
from envprobe.cluster.side import (
    Subject,
    alike,
    subject_of_matrix,
    subject_of_nodes,
    subject_of_profile,
)
from envprobe.errors import UsageError
from envprobe.matrix.matrix import Matrix

File = Matrix | Cluster


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """The subjects, before and after, and the nodes that have no counterpart."""

    pairs: tuple[tuple[Subject, Subject], ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def pairs_of(before: File, after: File) -> Pairs:
    """Two matrices as they are; clusters node by node, or, with no node in both, by their devices.

    Nodes that were alike before and are alike after are one pair. Raises `UsageError` when
    neither a node nor devices are in both.
    """
    if isinstance(before, Matrix) and isinstance(after, Matrix):
        pair = (subject_of_matrix(before), subject_of_matrix(after))
        return Pairs(pairs=(pair,), only_before=(), only_after=())
    old, new = _Side(before), _Side(after)
    both = sorted(old.likeness.keys() & new.likeness.keys(), key=natural)
    pairs = tuple(_by_nodes(old, new, both) if both else _by_devices(old, new))
    if not pairs:
        raise UsageError("the two files have neither a node nor devices in common to compare")
    compared_before = {name for one, _ in pairs for name in one.nodes}
    compared_after = {name for _, other in pairs for name in other.nodes}
    return Pairs(
        pairs=pairs,
        only_before=tuple(sorted(old.likeness.keys() - compared_before, key=natural)),
        only_after=tuple(sorted(new.likeness.keys() - compared_after, key=natural)),
    )


class _Side:
    """A file by its nodes and by its profiles, whatever its kind."""

    def __init__(self, file: File) -> None:
        self._file = file
        self.likeness: Mapping[str, tuple[object, ...]]
        if isinstance(file, Matrix):
            self.likeness = {file.scan.host: ()}
            return
        self.likeness = alike(file)
        self._nodes = {node.name: node for node in file.nodes}

    def of_nodes(self, names: list[str]) -> Subject:
        if isinstance(self._file, Matrix):
            return subject_of_matrix(self._file)
        nodes: list[Node] = [self._nodes[name] for name in names]
        return subject_of_nodes(self._file.profile_of(nodes[0]), nodes)

    def profiles(self) -> list[Subject]:
        """The subjects of whole profiles; that of most nodes first."""
        if isinstance(self._file, Matrix):
            return [subject_of_matrix(self._file)]
        subjects = [subject_of_profile(self._file, one) for one in self._file.profiles]
        return sorted(subjects, key=lambda one: (-len(one.nodes), one.profile))


def _by_nodes(old: _Side, new: _Side, names: list[str]) -> Iterator[tuple[Subject, Subject]]:
    groups: dict[tuple[object, ...], list[str]] = {}
    for name in names:
        groups.setdefault((old.likeness[name], new.likeness[name]), []).append(name)
    for group in sorted(groups.values(), key=lambda group: (-len(group), natural(group[0]))):
        yield old.of_nodes(group), new.of_nodes(group)


def _by_devices(old: _Side, new: _Side) -> Iterator[tuple[Subject, Subject]]:
    """Each profile with the largest one of the other file that has the same devices."""
    counterparts = new.profiles()
    for subject in old.profiles():
        devices = subject.environment.devices
        same = [one for one in counterparts if one.environment.devices == devices]
        if same:
            yield subject, same[0]
