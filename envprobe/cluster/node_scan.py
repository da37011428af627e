"""What merging keeps of one scan while it reads thousands: a few kilobytes."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from operator import attrgetter

import msgspec

from envprobe.cluster.cluster import NodeFinding
from envprobe.cluster.disturbance import is_steady
from envprobe.cluster.timings import MOST_NANOSECONDS, MOST_PERMILLE
from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.digest import digest
from envprobe.matrix.matrix import Device, Environment, Matrix
from envprobe.terms import Severity, Status

STATUSES = tuple(Status)
CODES = {status: code for code, status in enumerate(STATUSES)}
NO_SPREAD = 0xFFFFFFFF  # where a timing has no interquartile range
_KEY = attrgetter("op", "variant", "dtype", "device", "direction", "mode")
_HOST = re.compile(r"[^\s,\[\]]+")


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What the nodes of a profile share."""

    environment: Environment
    devices: tuple[Device, ...]


class Questions(msgspec.Struct, frozen=True, kw_only=True):
    """A set of questions; `order` are the positions of the sorted keys among a scan's cells."""

    name: str
    keys: tuple[CellKey, ...]
    order: tuple[int, ...]


class NodeScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan, its cells in the order of their keys.

    `setting` is an encoded `Setting`, so that equal ones can be one object. `questions` names the
    keys; `statuses` holds a code for each. `timed` are the positions of the timed cells (array
    "I"), `medians` their nanoseconds ("q"), `spreads` the interquartile ranges in thousandths of
    the median ("I"), `unstable` a byte each: scattered, or disturbed. `source` is the file.
    """

    name: str
    started: str
    envprobe: str
    profile: str
    setting: bytes
    memory_bytes: tuple[int | None, ...]
    preset: str
    narrowed: dict[str, list[str]]
    complete: bool
    findings: tuple[NodeFinding, ...]
    questions: str
    statuses: bytes
    timed: bytes
    medians: bytes
    spreads: bytes
    unstable: bytes
    source: str

    @property
    def age_key(self) -> tuple[float, str, str]:
        """Sorts the newer scan behind the older one; one without a valid time is the oldest."""
        return (_seconds(self.started), self.profile, self.questions)


def scan_from_matrix(matrix: Matrix, questions: Questions, source: str) -> NodeScan:
    """The scan; `questions` are those of its cells. Raises `FileFormatError` without a host."""
    name = matrix.scan.host
    if not _HOST.fullmatch(name):
        raise FileFormatError(f"{source} names no host: scan.host is {name!r}")
    cells = [matrix.cells[at] for at in questions.order]
    setting = Setting(
        environment=matrix.environment,
        devices=tuple(_shared(device) for device in matrix.devices),
    )
    return NodeScan(
        name=name,
        started=matrix.scan.started,
        envprobe=matrix.scan.envprobe,
        profile=digest(matrix.environment),
        setting=msgspec.msgpack.encode(setting),
        memory_bytes=tuple(device.memory_bytes for device in matrix.devices),
        preset=matrix.scan.preset,
        narrowed=matrix.scan.narrowed,
        complete=matrix.scan.complete,
        findings=_own_findings(matrix),
        questions=questions.name,
        statuses=bytes(CODES[cell.status] for cell in cells),
        source=source,
        **_timings(cells),
    )


def raw_keys(cells: Iterable[Cell]) -> tuple[tuple[str, ...], ...]:
    """The keys of the cells in their order, made faster than `Cell.key` makes them."""
    return tuple(map(_KEY, cells))


def questions_of(cells: Sequence[Cell]) -> Questions:
    """What the cells ask."""
    order = sorted(range(len(cells)), key=lambda at: cells[at].key)
    keys = tuple(cells[at].key for at in order)
    return Questions(name=questions_name(keys), keys=keys, order=tuple(order))


def questions_name(keys: tuple[CellKey, ...]) -> str:
    """A short name for a set of questions."""
    return hashlib.sha256(msgspec.json.encode(keys)).hexdigest()[:16]


def array_from(typecode: str, data: bytes) -> array[int]:
    """The numbers in the bytes of an array."""
    numbers: array[int] = array(typecode)
    numbers.frombytes(data)
    return numbers


def _shared(device: Device) -> Device:
    """The device without what differs from node to node."""
    return msgspec.structs.replace(device, uuid=None, memory_bytes=None, nvml_index=None)


def _own_findings(matrix: Matrix) -> tuple[NodeFinding, ...]:
    return tuple(
        NodeFinding(code=one.code, name=one.name, severity=one.severity, seen=one.seen)
        for one in matrix.findings
        if one.severity is not Severity.INFO
    )


def _timings(cells: list[Cell]) -> dict[str, bytes]:
    timed, medians, spreads = array("I"), array("q"), array("I")
    unstable = bytearray()
    for at, cell in enumerate(cells):
        if cell.seconds_median is None:
            continue
        timed.append(at)
        medians.append(_nanoseconds(cell.seconds_median))
        spreads.append(_permille(cell.seconds_iqr, cell.seconds_median))
        unstable.append(not is_steady(cell))
    return {
        "timed": timed.tobytes(),
        "medians": medians.tobytes(),
        "spreads": spreads.tobytes(),
        "unstable": bytes(unstable),
    }


def _permille(iqr: float | None, median: float) -> int:
    if iqr is None or median <= 0:
        return NO_SPREAD
    return round(min(max(1000 * iqr / median, 0), MOST_PERMILLE))


def _nanoseconds(seconds: float) -> int:
    return round(min(max(seconds * 1e9, 0), MOST_NANOSECONDS))


def _seconds(started: str) -> float:
    try:
        moment = datetime.fromisoformat(started.replace("Z", "+00:00"))
    except ValueError:
        return float("-inf")
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
