"""A file that is to be compared, and the subjects that it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from statistics import median

import msgspec

from envprobe.cluster.cluster import Cluster, Node, Profile, timings_of
from envprobe.cluster.node_cells import deviations, own_cells, timing_fields, typical_cells
from envprobe.cluster.store import kind_of, read_bytes, read_cluster
from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell
from envprobe.matrix.digest import digest
from envprobe.matrix.location import SUFFIX
from envprobe.matrix.matrix import Environment, Matrix
from envprobe.matrix.store import read_matrix

_HEAD_BYTES = 256
_KIND = re.compile(rb'\s*\{\s*"kind"\s*:\s*"(matrix|cluster)"')


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared with its like: cells that hold for all of `nodes`."""

    profile: str
    nodes: tuple[str, ...]
    environment: Environment
    cells: tuple[Cell, ...]


def read_side(path: Path) -> Matrix | Cluster:
    """The matrix or cluster in the file; a bare name may be that of a recorded matrix."""
    path = file_of(path)
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder: `envprobe merge` makes one file of it")
    kind = _stated_kind(path) or kind_of(path, read_bytes(path))
    if kind == "cluster":
        return read_cluster(path)
    if kind == "matrix":
        return read_matrix(path)
    raise FileFormatError(f"{path} is a file of kind {kind!r}: expected a matrix or cluster file")


def file_of(path: Path) -> Path:
    """The path itself, or the recorded matrix that a bare name means."""
    return _recorded(path) or path


def subject_of_matrix(matrix: Matrix) -> Subject:
    """The one machine of a matrix."""
    return Subject(
        profile=digest(matrix.environment),
        nodes=(matrix.scan.host,),
        environment=matrix.environment,
        cells=matrix.cells,
    )


def subject_of_profile(cluster: Cluster, profile: Profile) -> Subject:
    """What is typical of a profile, for all of its nodes."""
    return Subject(
        profile=profile.digest,
        nodes=tuple(node.name for node in cluster.nodes if node.profile == profile.digest),
        environment=profile.environment,
        cells=typical_cells(profile),
    )


def subject_of_nodes(profile: Profile, nodes: Sequence[Node]) -> Subject:
    """Nodes of a profile that were asked the same and answered the same; see `alike`."""
    cells = own_cells(profile, nodes[0], deviations(profile).get(nodes[0].name, {}))
    for position, timing in _pooled(profile, nodes).items():
        if position in cells:
            cells[position] = msgspec.structs.replace(cells[position], **timing)
    return Subject(
        profile=profile.digest,
        nodes=tuple(node.name for node in nodes),
        environment=profile.environment,
        cells=tuple(cells.values()),
    )


def alike(cluster: Cluster) -> dict[str, tuple[object, ...]]:
    """By node a key that is equal for nodes with the same questions and answers."""
    own: dict[str, Mapping[int, Cell]] = {}
    for profile in cluster.profiles:
        own.update(deviations(profile))
    return {
        node.name: (
            node.profile,
            node.survey,
            frozenset((at, cell.status) for at, cell in own.get(node.name, {}).items()),
        )
        for node in cluster.nodes
    }


def _stated_kind(path: Path) -> str | None:
    """The kind where it comes first, as envprobe writes it; all of a large file takes as long to
    look through as to read."""
    try:
        with path.open("rb") as file:
            match = _KIND.match(file.read(_HEAD_BYTES))
    except OSError:
        return None
    return match[1].decode() if match else None


def _recorded(path: Path) -> Path | None:
    if path.exists() or len(path.parts) != 1:
        return None
    name = path.name if path.suffix == SUFFIX else path.name + SUFFIX
    file = Path(str(resources.files("kernels_matrix"))) / "recorded" / name
    return file if file.is_file() else None


def _pooled(profile: Profile, nodes: Sequence[Node]) -> dict[int, dict[str, float | bool | None]]:
    """By position the median timing of the nodes: of the steady ones where there are any."""
    steady: list[list[tuple[int, int]]] = [[] for _ in profile.timed]
    others: list[list[tuple[int, int]]] = [[] for _ in profile.timed]
    for node in nodes:
        timings = timings_of(profile, node)
        unstable = set(timings.unstable)
        columns = zip(timings.medians_nanoseconds, timings.spreads_permille, strict=True)
        for at, (nanoseconds, permille) in enumerate(columns):
            if nanoseconds is not None:
                # A timing without a spread cannot be told from noise.
                loose = at in unstable or permille is None
                (others if loose else steady)[at].append((nanoseconds, permille or 0))
    found = {}
    for row, good, bad in zip(profile.timed, steady, others, strict=True):
        if kept := good or bad:
            middle = median(value for value, _ in kept) / 1e9
            iqr = median(value * spread for value, spread in kept) / 1e12
            found[row.cell] = timing_fields(row, middle, iqr, not good)
    return found
