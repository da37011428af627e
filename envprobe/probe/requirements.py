"""Run a model's own nodes on this machine: each alone, in a worker, as the model has it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from envprobe.errors import NothingProbedError
from envprobe.inventory.cgroup import ask_cgroup, parse_cgroup
from envprobe.inventory.memory import ask_memory, parse_memory
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Matrix
from envprobe.models.fingerprint import fingerprint
from envprobe.models.oplist import Requirement
from envprobe.ops.catalog import load_catalog
from envprobe.probe.interpreter import interpreter
from envprobe.probe.lane import Lane, LaneFailed
from envprobe.probe.lanes import (
    CELL_LIMIT_SECONDS,
    MAX_WORKERS,
    WORKER_FOLDER,
    Seats,
    assign_seats,
    first_lane,
)
from envprobe.probe.node_question import NodeProbe, model_attrs, node_probe, node_question
from envprobe.probe.pool import Group, Outcome, Pool, Question
from envprobe.probe.progress import Narrator, Progress
from envprobe.probe.selection import Selection
from envprobe.probe.support import cell_from_outcome, untested
from envprobe.registrations import nearest_release, read_release
from envprobe.terms import Status

_NODES_A_WORKER = 60  # fewer are asked sooner than another worker has imported TensorFlow
# What says something of the kernel even if the numbers that it was fed were not its model's.
_TELLING = (Status.SUPPORTED, Status.NO_KERNEL, Status.INVALID_DTYPE, Status.UNTESTED)
_TELLING_OF_SUITED = (
    *_TELLING,
    Status.UNIMPLEMENTED,
    Status.WRONG_RESULT,
    Status.FELL_BACK,
    Status.OUT_OF_MEMORY,
    Status.CRASHED,
    Status.TIMED_OUT,
)


def probe_requirements(
    requirements: Sequence[Requirement],
    devices: Sequence[str] = (),
    *,
    python: str | None = None,
    limit_seconds: float = CELL_LIMIT_SECONDS,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Cell, ...]:
    """A cell for each kind of node that can be run alone, on each device that is asked for.

    `devices` are names or types as TensorFlow lists them (`GPU:0`, `CPU`), all by default.
    Requirements that ask the same are one cell, of variant `models.fingerprint.probed_variant`,
    with the model's attributes and the shapes that were run: a size that the model leaves open is
    given one, and a large batch is shrunk. What has no cell (functions, iterators, prints, nodes
    that would touch files) cannot be run alone. `limit_seconds` bounds one node; a crash or a hang
    costs only its cell.

    Raises NothingProbedError where TensorFlow does not start, UsageError for a device that it
    does not list.
    """
    narrator = Narrator(progress or (lambda _: None))
    distinct = list({fingerprint(one): one for one in requirements}.values())
    with Pool([interpreter(python), str(WORKER_FOLDER)]) as pool:
        narrator.begin("starting", current="importing TensorFlow")
        lane = _first_lane(limit_seconds, _workers(len(distinct)))
        try:
            hello = pool.start(lane)
        except LaneFailed as failed:
            raise NothingProbedError(
                f"TensorFlow cannot be started to run the model's nodes: {failed.reason} "
                "(`envprobe doctor` says why; --python names another interpreter)"
            ) from failed
        listed = {one["name"]: _device(one) for one in hello["devices"]}
        wanted = [listed[name] for name in Selection(devices=tuple(devices)).devices_of(listed)]
        probes = _probes(distinct, hello["tensorflow"]["version"])
        seats = assign_seats(lane, list(listed.values()), cpu_workers=_workers(len(distinct)))
        asked = [
            _Asked(order, probed, device)
            for device in wanted
            for order, probed in enumerate(probes)
            if probed.requirement.device in (None, device.device_type)
        ]
        return _ask(pool, asked, seats, narrator)


def with_cells(matrix: Matrix, cells: Iterable[Cell]) -> Matrix:
    """The matrix with these cells, too; one that asks the same as an older one replaces it."""
    by_key = {cell.key: cell for cell in (*matrix.cells, *cells)}
    return msgspec.structs.replace(matrix, cells=tuple(by_key.values()))


def _probes(requirements: Sequence[Requirement], version: str) -> list[NodeProbe]:
    catalog = load_catalog()
    definitions = read_release(nearest_release(version)).ops
    found = (node_probe(one, catalog.get(one.op), definitions.get(one.op)) for one in requirements)
    return [probed for probed in found if probed is not None]


class _Asked(NamedTuple):
    """One node on one device."""

    order: int
    probed: NodeProbe
    device: Device


def _ask(pool: Pool, asked: Sequence[_Asked], seats: Seats, narrator: Narrator) -> tuple[Cell, ...]:
    """The cells in the order in which they are asked for."""
    cells: dict[tuple[int, str], Cell | None] = {}
    narrator.begin("support", total=len(asked))

    def on_answer(question: Question, outcome: Outcome) -> None:
        one: _Asked = question.key
        cell = _cell(one, question.message["cell"], outcome)
        cells[one.order, one.device.name] = _telling(cell, one)
        narrator.step(cell)

    failed = pool.run(_groups(asked, seats), on_answer, threading.Event())
    for one in asked:
        if (one.order, one.device.name) not in cells:
            lane = seats.of(one.device.name).lane.name
            why = failed[lane].reason if lane in failed else "it was not asked"
            cells[one.order, one.device.name] = untested(one.probed.probe(one.device.name), why)
    ordered = (cells[one.order, one.device.name] for one in asked)
    return tuple(cell for cell in ordered if cell is not None)


def _groups(asked: Sequence[_Asked], seats: Seats) -> dict[Lane, list[Group]]:
    lanes: dict[str, tuple[Lane, list[Group]]] = {}
    for one in asked:
        seat = seats.of(one.device.name)
        cell = node_question(one.probed, one.device, seat.local_name)
        question = Question(key=one, message={"ask": "run", "cell": cell})
        _, groups = lanes.setdefault(seat.lane.name, (seat.lane, []))
        groups.append(Group(subject=one.probed.node.op, questions=[question]))
    return dict(lanes.values())


def _cell(one: _Asked, asked: Mapping[str, object], outcome: Outcome) -> Cell:
    cell = cell_from_outcome(one.probed.probe(one.device.name), asked, outcome)
    return msgspec.structs.replace(cell, attrs=model_attrs(one.probed.node))


def _telling(cell: Cell, one: _Asked) -> Cell | None:
    """The cell as far as it speaks of the kernel and not of the data that was made up for it.

    None where the node is of those that TensorFlow computes on the CPU beside any accelerator.
    """
    if cell.status is Status.SUPPORTED:
        return cell
    if one.device.device_type != "CPU" and not _computes_floats(one.probed.node):
        return None
    if cell.status in (_TELLING if one.probed.guessed else _TELLING_OF_SUITED):
        return cell
    reason = f"with numbers made up for it: {cell.reason}"
    return msgspec.structs.replace(cell, status=Status.UNTESTED, reason=reason)


def _computes_floats(node: Requirement) -> bool:
    dtypes = {tensor.dtype for tensor in (*node.inputs, *node.outputs)} | {
        dtype for dtype in node.dtypes.values() if isinstance(dtype, str)
    }
    return any("float" in dtype or dtype.startswith("complex") for dtype in dtypes)


def _device(listed: Mapping[str, object]) -> Device:
    details = listed["details"]
    capability = details.get("compute_capability") if isinstance(details, Mapping) else None
    return Device(
        name=str(listed["name"]),
        device_type=str(listed["device_type"]),
        compute_capability=capability,
    )


def _first_lane(limit_seconds: float, workers: int) -> Lane:
    root = Path("/")
    usable = parse_memory(ask_memory(root), parse_cgroup(ask_cgroup(root))).usable_bytes
    lane = first_lane(cpu_devices=1, workers=workers, available_bytes=usable)
    return msgspec.structs.replace(lane, limit_seconds=limit_seconds)


def _workers(nodes: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, MAX_WORKERS, -(-nodes // _NODES_A_WORKER)))
