"""Starts TensorFlow in a worker, and says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from envprobe.doctor.examination import StartFailure, StartFailureKind
from envprobe.doctor.openings import ask_openings
from envprobe.inventory import Inventory
from envprobe.probe import lanes
from envprobe.probe.loss import (
    WorkerDied,
    WorkerLost,
    WorkerOutOfMemory,
    WorkerRefused,
    WorkerTimedOut,
)
from envprobe.probe.process import WorkerProcess

MISSING = "ModuleNotFoundError: No module named 'tensorflow'"
HELLO = {"ask": "hello", "config": {"cpu_devices": 1, "gpus": "all", "libraries": []}}
TRACEBACK_LINES = 12


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker said of TensorFlow, or why it said nothing; and which libraries open."""

    hello: dict[str, Any] | None = None
    failure: StartFailure | None = None
    openings: dict[str, str | None] | None = None


def start_tensorflow(python: str, inventory: Inventory) -> Start:
    """TensorFlow of that interpreter, started once, with all GPUs visible."""
    command = [python, str(lanes.WORKER_FOLDER)]
    try:
        with WorkerProcess(command) as worker:
            openings = ask_openings(worker, inventory)
            if worker.alive:
                return _greeted(worker, openings)
        with WorkerProcess(command) as worker:
            return _greeted(worker, openings)
    except WorkerDied as died:  # the interpreter itself cannot be started
        return Start(failure=failure_of(died))


def _greeted(worker: WorkerProcess, openings: dict[str, str | None] | None) -> Start:
    try:
        hello = worker.ask(HELLO, limit_seconds=lanes.HELLO_LIMIT_SECONDS)
    except (WorkerLost, WorkerRefused) as fault:
        return Start(failure=failure_of(fault), openings=openings)
    return Start(hello=hello, openings=openings)


def failure_of(fault: WorkerLost | WorkerRefused) -> StartFailure:
    """How TensorFlow failed to start, from what became of the worker that imported it."""
    if isinstance(fault, WorkerRefused):
        return StartFailure(
            kind="missing" if fault.error == MISSING else "raised",
            reason=fault.error,
            stderr_lines=(*_last_lines(fault.traceback), *fault.stderr_lines),
        )
    return StartFailure(
        kind=_kind(fault),
        reason=fault.reason,
        signal=fault.signal if isinstance(fault, WorkerDied) else None,
        stderr_lines=fault.stderr_lines,
    )


def _kind(lost: WorkerLost) -> StartFailureKind:
    if isinstance(lost, WorkerTimedOut):
        return "timed_out"
    if isinstance(lost, WorkerOutOfMemory):
        return "out_of_memory"
    return "crashed" if isinstance(lost, WorkerDied) else "garbage"


def _last_lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.strip()][-TRACEBACK_LINES:]
