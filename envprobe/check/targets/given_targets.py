"""Matrix files, folders of them and cluster files as the targets that they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from envprobe.check.target import Target
from envprobe.check.targets.machine_targets import Machine, targets_of_machine
from envprobe.check.targets.profile_targets import targets_of_cluster
from envprobe.cluster.cluster import Cluster, Profile
from envprobe.cluster.known_registry import Registries
from envprobe.cluster.merge import merge
from envprobe.cluster.side import file_of, read_side
from envprobe.cluster.sources import files_of
from envprobe.errors import FileFormatError, UsageError
from envprobe.matrix.digest import digest
from envprobe.matrix.matrix import Matrix

MOST_TOLD = 3  # names or faults in a note; the rest are counted


class GivenTargets(NamedTuple):
    """What the paths hold.

    `cluster` is None where a single matrix file was given. `notes` say what was left out, and
    what was assumed.
    """

    targets: tuple[Target, ...]
    cluster: Cluster | None = None
    notes: tuple[str, ...] = ()


def given_targets(
    paths: Sequence[Path], tensorflow: str | None, ops: Collection[str] | None = None
) -> GivenTargets:
    """A target for each kind of device of each profile; of each node the newest scan counts.

    `tensorflow` is the release that the op list was traced with. With `ops`, the model's, a node
    that deviates from its profile only in other ops is not told apart. Raises FileFormatError for
    a named file that cannot be read, UsageError for a folder that holds none.
    """
    registries = Registries()
    paths = [file_of(path) for path in paths]
    if len(paths) == 1 and not paths[0].is_dir():
        found = read_side(paths[0])
        if isinstance(found, Matrix):
            return _given(None, [found], registries, tensorflow, ops)
        return _given(found, [], registries, tensorflow, ops)
    named = _named(paths)
    cluster, notes = _merged(paths)
    apart = [read_side(path) for path in _replaced(named, cluster)]
    matrices = [one for one in apart if isinstance(one, Matrix)]
    given = _given(cluster, matrices, registries, tensorflow, ops)
    return given._replace(notes=(*notes, *given.notes))


def _given(
    cluster: Cluster | None,
    matrices: Sequence[Matrix],
    registries: Registries,
    tensorflow: str | None,
    ops: Collection[str] | None,
) -> GivenTargets:
    targets = targets_of_cluster(cluster, registries, ops) if cluster else ()
    for matrix in matrices:
        targets += _targets_of_matrix(matrix, registries)
    sources = [(f"profile {one.digest}", one) for one in (cluster.profiles if cluster else ())]
    named = [(matrix.scan.host, matrix) for matrix in matrices]
    return GivenTargets(targets, cluster, _notes([*sources, *named], registries, tensorflow))


def _targets_of_matrix(matrix: Matrix, registries: Registries) -> tuple[Target, ...]:
    return targets_of_machine(
        Machine(
            name=matrix.scan.host,
            nodes=(matrix.scan.host,),
            environment=matrix.environment,
            devices=matrix.devices,
            cells=matrix.cells,
            registry=registries.of(matrix),
        )
    )


def _named(paths: Iterable[Path]) -> dict[tuple[str, str], Path]:
    """The matrix files among the paths by host and environment; all that was named is readable."""
    found = {}
    for path in paths:
        if path.is_dir():
            _, faults = files_of([path])
            if faults:
                raise UsageError(faults[0])
            continue
        file = read_side(path)
        if isinstance(file, Matrix):
            found[file.scan.host, digest(file.environment)] = path
    return found


def _merged(paths: Sequence[Path]) -> tuple[Cluster, tuple[str, ...]]:
    """All of it as one cluster; what cannot be read in a folder is left out, and told."""
    faults: list[str] = []
    try:
        merged = merge(paths, notice=faults.append)
    except UsageError as error:
        if not faults:
            raise
        several = f"none of {len(faults)} files could be read; the first: "
        raise FileFormatError(f"{several if len(faults) > 1 else ''}{faults[0]}") from error
    told = [f"left out: {fault}" for fault in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        told.append(f"left out: {len(faults) - MOST_TOLD} more files that cannot be read")
    return merged.cluster, tuple(told)


def _replaced(named: dict[tuple[str, str], Path], cluster: Cluster) -> Iterator[Path]:
    """Matrices that a newer scan of another environment of the same machine replaced.

    Whoever names two environments of one machine wants to compare them.
    """
    kept = {(node.name, node.profile) for node in cluster.nodes}
    return (path for place, path in named.items() if place not in kept)


def _notes(
    sources: Iterable[tuple[str, Matrix | Profile]], registries: Registries, tensorflow: str | None
) -> tuple[str, ...]:
    names: dict[str, list[str]] = {}
    for name, one in sources:
        own = one.environment.tensorflow
        if note := registries.of(one).note:
            names.setdefault(note, []).append(name)
        if tensorflow and own and own != tensorflow:
            note = f"TensorFlow {own} there may build the step of other ops than {tensorflow} here"
            names.setdefault(note, []).append(name)
    return tuple(f"{_listed(those)}: {note}" for note, those in names.items())


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_TOLD
    return ", ".join(names[:MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
