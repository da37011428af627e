"""A lane of workers that answer for the same devices, and one such worker, replaced when lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from envprobe.probe.loss import WorkerLost, WorkerRefused, WorkerTimedOut
from envprobe.probe.process import WorkerProcess


class Lane(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Workers that are interchangeable: the same `hello` config, limits and environment.

    `limit_seconds` bounds a question, `first_limit_seconds` those before a place's first answer
    (a GPU loads its libraries then, and may compile its kernels, which it keeps on disk),
    `hello_limit_seconds` the import of TensorFlow.
    """

    name: str  # "CPU", "GPU:0"
    config: dict[str, Any]
    workers: int = 1
    limit_seconds: float = 30.0
    first_limit_seconds: float = 30.0
    hello_limit_seconds: float = 120.0
    memory_limit_bytes: int | None = None
    environment: Mapping[str, str] = {}


class LaneFailed(Exception):  # noqa: N818  reads as what happened
    """No worker of this lane can answer; `reason` is one line that says why."""

    def __init__(self, lane: str, reason: str) -> None:
        super().__init__(f"{lane}: {reason}")
        self.lane = lane
        self.reason = reason


class LaneWorker:
    """One place of a lane: a worker that is started when needed and replaced when lost.

    `restarts` counts the losses that a question caused. What a worker holds (handles) is gone
    when `generation` has changed.
    """

    def __init__(self, lane: Lane, start: Callable[[Lane], WorkerProcess]) -> None:
        self.lane = lane
        self.restarts = 0
        self.generation = 0
        self._start = start
        self._process: WorkerProcess | None = None
        self._greeting: dict[str, Any] = {}
        self._answered = False

    @property
    def alive(self) -> bool:
        """Whether a worker is there that has said hello."""
        return self._process is not None and self._process.alive

    @property
    def pid(self) -> int | None:
        """The process id of the worker that is there now."""
        return self._process.pid if self._process is not None else None

    def hello(self) -> dict[str, Any]:
        """What the worker says of itself, started first where there is none.

        Raises `LaneFailed` after a refusal (TensorFlow is missing), after a time-out, and when
        it died at its start twice.
        """
        if self._process is None:
            self._greeting = self._greet()
            self.generation += 1
        return self._greeting

    def ask(self, message: Mapping[str, Any], limit_seconds: float | None = None) -> dict[str, Any]:
        """The answer to `message`; `limit_seconds` replaces the lane's.

        Raises as `WorkerProcess.ask`; the next call starts a fresh worker. Raises `LaneFailed`
        where that fails.
        """
        self.hello()
        assert self._process is not None  # noqa: S101  hello() started it
        limit = self.lane.limit_seconds if limit_seconds is None else limit_seconds
        if not self._answered:
            limit = max(limit, self.lane.first_limit_seconds)
        try:
            answer = self._process.ask(message, limit_seconds=limit)
        except WorkerRefused:
            self._answered = True
            raise
        except WorkerLost:
            self._process = None
            self.restarts += 1
            raise
        except BaseException:
            self._process = None
            raise
        self._answered = True
        return answer

    def close(self) -> None:
        """End the worker, from the thread that asks; a later question starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _greet(self) -> dict[str, Any]:
        try:
            return self._greet_once()
        except WorkerTimedOut as lost:  # a hang would hang again, for the whole limit
            raise _not_started(self.lane, lost) from lost
        except WorkerLost:
            pass
        try:
            return self._greet_once()
        except WorkerLost as lost:
            raise _not_started(self.lane, lost) from lost

    def _greet_once(self) -> dict[str, Any]:
        question = {"ask": "hello", "config": self.lane.config}
        try:
            self._process = self._start(self.lane)
            return self._process.ask(question, limit_seconds=self.lane.hello_limit_seconds)
        except WorkerRefused as refused:
            self.close()
            raise LaneFailed(self.lane.name, refused.error) from refused
        except BaseException:
            self.close()
            raise


def _not_started(lane: Lane, lost: WorkerLost) -> LaneFailed:
    return LaneFailed(lane.name, f"the worker did not start: {lost.reason}")
