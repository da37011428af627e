"""The support phase: every planned cell asked once, in parallel where that is safe."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.probe.lane import Lane
from envprobe.probe.lanes import Seats
from envprobe.probe.plan import Probe, question
from envprobe.probe.pool import Failure, Group, LaneFailed, Outcome, Pool, Question
from envprobe.terms import Status


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker answers to `run` (docs/protocol.md)."""

    status: Status
    reason: str | None
    shapes: dict[str, list[Any]]
    max_relative_error: float | None
    peak_bytes: int | None


def ask_support(
    pool: Pool,
    probes: Sequence[Probe],
    devices: Mapping[str, Device],
    seats: Seats,
    answered: Callable[[Cell], None],
) -> dict[str, LaneFailed]:
    """Ask all `probes`; `answered` gets each cell as it comes. Returns the lanes given up."""
    lane_groups: dict[str, tuple[Lane, list[Group]]] = {}
    for (name, least), same in itertools.groupby(
        probes, lambda probe: (probe.key.device, probe.row.least_devices)
    ):
        seat = seats.of(name, least)
        _, groups = lane_groups.setdefault(seat.lane.name, (seat.lane, []))
        groups.extend(_groups(list(same), devices[name], seat.local_name))

    def on_answer(asked: Question, outcome: Outcome) -> None:
        answered(cell_from_outcome(asked.key, asked.message["cell"], outcome))

    return pool.run(dict(lane_groups.values()), on_answer, threading.Event())


def _groups(probes: Sequence[Probe], device: Device, local_name: str) -> list[Group]:
    """Probes of one op and variant share a reference in the worker that computed it."""
    return [
        Group(
            subject=op,
            questions=[
                Question(
                    key=probe,
                    message={
                        "ask": "run",
                        "cell": question(probe, device, local_name, timed=False),
                    },
                )
                for probe in same
            ],
        )
        for (op, _), same in itertools.groupby(probes, lambda p: (p.key.op, p.key.variant))
    ]


def cell_from_outcome(probe: Probe, asked: Mapping[str, Any], outcome: Outcome) -> Cell:
    """The cell that an answer, or the lack of one, makes."""
    known: dict[str, Any] = {**probe.key._asdict(), "attrs": dict(asked["attrs"])}
    if isinstance(outcome, Failure):
        return Cell(**known, status=outcome.status, reason=outcome.reason)
    try:
        answer = msgspec.convert(outcome, Answer)
    except msgspec.ValidationError as error:  # in the matrix it would make the file unreadable
        return Cell(**known, status=Status.FAILED, reason=f"answered garbage: {error}")
    return Cell(**known, **msgspec.structs.asdict(answer))


def untested(probe: Probe, reason: str) -> Cell:
    """The cell of a probe that could not be asked."""
    return Cell(**probe.key._asdict(), status=Status.UNTESTED, reason=reason)
