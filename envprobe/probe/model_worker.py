"""A worker of its own for one model, under limits, and what it means when it is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from envprobe.errors import NothingProbedError
from envprobe.inventory.cgroup import ask_cgroup, parse_cgroup
from envprobe.inventory.memory import ask_memory, parse_memory
from envprobe.models.failure import TraceFailure
from envprobe.probe.lane import Lane, LaneFailed, LaneWorker
from envprobe.probe.lanes import HELLO_LIMIT_SECONDS, MEMORY_SHARE, WORKER_FOLDER
from envprobe.probe.loss import WorkerLost, WorkerOutOfMemory, WorkerTimedOut
from envprobe.probe.pool import Pool

LIMIT_SECONDS = 600.0


@contextmanager
def model_worker(
    command: str,
    limit_seconds: float,
    memory_limit_bytes: int | None,
    *,
    gpus: Any = "none",
    environment: Mapping[str, str],
) -> Iterator[LaneWorker]:
    """A worker under that interpreter; without a memory limit it gets most of what is free."""
    lane = Lane(
        name="model",
        config={"cpu_devices": 1, "gpus": gpus, "libraries": []},
        limit_seconds=limit_seconds,
        first_limit_seconds=limit_seconds,
        hello_limit_seconds=HELLO_LIMIT_SECONDS,
        memory_limit_bytes=memory_limit_bytes or _available_bytes(),
        environment=environment,
    )
    with Pool([command, str(WORKER_FOLDER)]) as pool, pool.exclusive(lane) as (worker,):
        yield worker


def not_started(failed: LaneFailed) -> NothingProbedError:
    """The error for a TensorFlow that does not start."""
    return NothingProbedError(
        f"TensorFlow cannot be started to trace the model: {failed.reason} "
        "(`envprobe doctor` says why; --python names another interpreter)"
    )


def failure_of_loss(lost: WorkerLost) -> TraceFailure:
    """What a lost worker says of the model: it hung, ran out of memory or died."""
    return TraceFailure(stage="lost", error_type=_kind(lost), message=lost.reason)


def _kind(lost: WorkerLost) -> str:
    if isinstance(lost, WorkerTimedOut):
        return "TimedOut"
    return "OutOfMemory" if isinstance(lost, WorkerOutOfMemory) else "ProcessDied"


def _available_bytes() -> int | None:
    root = Path("/")
    usable = parse_memory(ask_memory(root), parse_cgroup(ask_cgroup(root))).usable_bytes
    return None if usable is None else int(usable * MEMORY_SHARE)
