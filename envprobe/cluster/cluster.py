"""A cluster: each distinct environment once, and the nodes that share it as small rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from envprobe.cluster.timings import Timings
from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment
from envprobe.registrations.record import RegistryRecord
from envprobe.terms import Severity

FORMAT_VERSION = 1

# Kept as the file's bytes until somebody asks: ten thousand nodes' numbers as Python objects would
# take most of the memory that reading a cluster may cost.
RawTimings = Annotated[
    msgspec.Raw, msgspec.Meta(extra_json_schema=msgspec.json.schema(Timings)["$defs"]["Timings"])
]


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of a node: the preset, and the cells as ranges of positions, both ends in."""

    preset: str
    narrowed: dict[str, list[str]] = {}
    complete: bool
    cells: tuple[tuple[int, int], ...]


class TypicalTiming(msgspec.Struct, frozen=True, kw_only=True):
    """A cell's timing over the nodes of a profile; `cell` is its position among the cells.

    The steady nodes' timings count, and where no node was steady those of all. `seconds_median`
    is the median of the nodes' medians, `seconds_iqr` that of their own spreads, and `seconds_mad`
    the median distance of a node from `seconds_median`. `flops` and `bytes` are those of one
    execution.
    """

    cell: int
    nodes: int
    steady_nodes: int
    seconds_median: float
    seconds_iqr: float | None = None
    seconds_mad: float
    flops: float | None = None
    bytes: float | None = None


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """Another answer than the majority's: the cell as one of these nodes has it."""

    cell: Cell
    nodes: tuple[str, ...]


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that came out differently on nodes of one profile; `cell` is its position.

    `majority` counts the nodes that have the profile's own status. Nodes whose status is
    `untested` are listed too, as they have no answer; they do not count as disagreeing.
    """

    cell: int
    majority: int
    alternatives: tuple[Alternative, ...]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """An environment and what its nodes agree on.

    `cells` are sorted by what they ask, without timings, with the status of most nodes; a tie is
    never `supported`. A device's memory is the least of the nodes', its UUID is left out.
    """

    digest: str
    environment: Environment
    devices: tuple[Device, ...]
    surveys: tuple[Survey, ...]
    cells: tuple[Cell, ...]
    timed: tuple[TypicalTiming, ...]
    disagreements: tuple[Disagreement, ...]
    registrations: RegistryRecord | None = None
    registrations_unknown: str | None = None


class NodeFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found on a node; `envprobe doctor --explain CODE` has the rest."""

    code: str
    name: str
    severity: Severity
    seen: str


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One machine: its newest scan. `survey` and `findings` are positions in the profile's
    surveys and the cluster's findings.

    `memory_bytes` has an entry for each of the profile's devices. `timings` is decoded by
    `timings_of`.
    """

    name: str
    profile: str
    survey: int
    started: str
    envprobe: str
    memory_bytes: tuple[int | None, ...]
    findings: tuple[int, ...]
    timings: RawTimings


class Superseded(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that a newer one of the same node replaced; another `profile` is another environment.

    `cells` says how many it had.
    """

    name: str
    started: str
    profile: str
    cells: int


class Outlier(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is slower than its like: `slow_cells` of its `steady_cells` are over the bound.

    `slowdown` is the median, over the steady cells, of the node's time to that of its profile.
    """

    node: str
    device: str
    steady_cells: int
    slow_cells: int
    slowdown: float


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Many nodes' matrices (file kind `cluster`)."""

    kind: Literal["cluster"] = "cluster"
    format_version: int = FORMAT_VERSION
    envprobe: str
    profiles: tuple[Profile, ...]
    findings: tuple[NodeFinding, ...]
    outliers: tuple[Outlier, ...]
    superseded: tuple[Superseded, ...]
    nodes: tuple[Node, ...]

    def profile_of(self, node: Node) -> Profile:
        """The profile of one of the nodes. Raises StopIteration for a foreign one."""
        return next(profile for profile in self.profiles if profile.digest == node.profile)


def timings_of(profile: Profile, node: Node) -> Timings:
    """The node's own timings. Raises `FileFormatError` where they are not those of its profile."""
    try:
        timings = msgspec.json.decode(node.timings, type=Timings)
    except msgspec.ValidationError as error:
        raise FileFormatError(f"the timings of node {node.name} are not valid: {error}") from error
    seen = {len(timings.medians_nanoseconds), len(timings.spreads_permille)}
    if seen != {len(profile.timed)}:
        raise FileFormatError(
            f"the timings of node {node.name} are not those of profile {profile.digest}:"
            f" expected {len(profile.timed)} of each"
        )
    return timings


def fields_without_none(value: Any) -> dict[str, Any]:
    """A struct's fields as a file keeps them where most of them are unknown."""
    return {
        name: field for name, field in msgspec.structs.asdict(value).items() if field is not None
    }
