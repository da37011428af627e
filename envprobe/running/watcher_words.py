"""What the watching process tells, one JSON document a line, and what it is told at its start."""

from __future__ import annotations

import msgspec

from envprobe.running.group import Group
from envprobe.running.sample import Sample, WatchedGpu


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to watch, how often, and since when (`time.monotonic()`, which all processes share)."""

    pid: int
    started: float
    period_seconds: float
    signals: tuple[int, ...] = ()


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """It sees signals from now on."""


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="sample"):
    """A moment of the run."""

    sample: Sample


class Machine(msgspec.Struct, frozen=True, kw_only=True, tag="machine"):
    """What does not change during a run."""

    total_bytes: int | None = None
    group: Group | None = None
    gpus: tuple[WatchedGpu, ...] = ()
    unknown: dict[str, str] = {}


class Members(msgspec.Struct, frozen=True, kw_only=True, tag="members"):
    """Processes that were seen of the run for the first time."""

    pids: tuple[int, ...]


class Signalled(msgspec.Struct, frozen=True, kw_only=True, tag="signal"):
    """A signal reached the watching process: it was sent to all of the group, the run included."""

    number: int


Word = Ready | Measured | Machine | Members | Signalled
