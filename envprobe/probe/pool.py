"""Many workers in lanes: hands questions out, replaces the workers that die, stops at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any

import msgspec

from envprobe.probe.lane import Lane, LaneFailed, LaneWorker
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.process import WorkerProcess
from envprobe.probe.queue import Group, LaneQueue, Question
from envprobe.terms import Status

__all__ = ["Failure", "Group", "Lane", "LaneFailed", "LaneWorker", "Outcome", "Pool", "Question"]

_STOP_SECONDS = 0.1  # how long a request to stop may go unseen
_BLAMELESS_RETRIES = 1


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A question without an answer: what its cell becomes, and why in one line."""

    status: Status
    reason: str


Outcome = dict[str, Any] | Failure
Answered = Callable[[Question, Outcome], None]


class Pool:
    """Worker processes, each started as `command READ_FD WRITE_FD`.

    They live from their lane's first question to the end of the `with` block, so that a later
    phase finds them warm. `environment` is added to that of every worker.

    A lane is given up when workers have died on `give_up_after` different subjects (see `Group`)
    without one answer between them.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        give_up_after: int = 5,
    ) -> None:
        self._command = tuple(command)
        self._environment = dict(environment or {})
        self._give_up_after = give_up_after
        self._workers: dict[str, list[LaneWorker]] = {}
        self._processes: list[WorkerProcess] = []
        self._stopping = False
        self._answering = threading.Lock()
        # One thread starts every worker and outlives them all: a worker is killed when the
        # thread that started it ends (see WorkerProcess).
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="envprobe-spawner")

    @property
    def restarts(self) -> int:
        """How many workers were lost to a question."""
        return sum(worker.restarts for workers in self._workers.values() for worker in workers)

    def start(self, lane: Lane) -> dict[str, Any]:
        """Start all workers of the lane side by side; what one of them says of its Python,
        TensorFlow and devices.

        Raises `LaneFailed` when none of them can be started. From another thread, `kill` ends
        the wait.
        """
        self._stopping = False
        workers = self._lane_workers(lane)
        with ThreadPoolExecutor(len(workers), thread_name_prefix="envprobe-start") as threads:
            futures = [threads.submit(worker.hello) for worker in workers]
            try:
                wait(futures)
            except BaseException:
                self._kill_until_done(futures)
                raise
        well = [future.result() for future in futures if future.exception() is None]
        return well[0] if well else futures[0].result()

    def kill(self) -> None:
        """End every worker at once, from any thread; what is being asked or started then fails."""
        self._kill_all()

    def run(
        self,
        lane_questions: Mapping[Lane, Sequence[Group]],
        answered: Answered,
        stop: threading.Event,
    ) -> dict[str, LaneFailed]:
        """Ask everything; returns the lanes that were given up, by name.

        `answered` is called for each question as its outcome comes, one at a time, in the
        workers' threads. A worker that dies costs the one question it was on. What a lane that
        was given up leaves unasked is not reported. Setting `stop`, or an exception in this
        thread (Ctrl-C), kills all workers at once; the questions they were on are not reported.
        """
        self._stopping = False
        queues = [
            LaneQueue(lane, groups, give_up_after=self._give_up_after)
            for lane, groups in lane_questions.items()
        ]
        seats = [(worker, queue) for queue in queues for worker in self._lane_workers(queue.lane)]
        with ThreadPoolExecutor(max(len(seats), 1), thread_name_prefix="envprobe-lane") as threads:
            try:
                futures = [
                    threads.submit(self._serve, worker, queue, answered, stop)
                    for worker, queue in seats
                ]
                self._await(futures, stop)
            except BaseException:
                stop.set()  # so that no thread takes the kill for a crash
                self._kill_until_done(futures)
                raise
        return {queue.lane.name: queue.failure for queue in queues if queue.failure}

    @contextmanager
    def exclusive(self, lane: Lane, most: int = 1) -> Iterator[list[LaneWorker]]:
        """Up to `most` workers of the lane, its others ended, and all other lanes idle.

        They are kept for the next time. Not to be used while `run` is running.
        """
        workers = sorted(self._lane_workers(lane), key=lambda worker: not worker.alive)
        for worker in workers[most:]:
            worker.close()
        yield workers[:most]

    def retire(self, lane: Lane) -> None:
        """End the lane's workers; a later question starts others. Not while `run` is running."""
        for worker in self._lane_workers(lane):
            worker.close()

    def close(self) -> None:
        """End every worker."""
        self._kill_all()
        for workers in self._workers.values():
            for worker in workers:
                worker.close()
        self._spawner.shutdown()
        self._kill_all()  # one that was being started when a Ctrl-C came
        for process in self._processes:
            process.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _lane_workers(self, lane: Lane) -> list[LaneWorker]:
        if lane.name not in self._workers:
            self._workers[lane.name] = [
                LaneWorker(lane, self._start) for _ in range(max(lane.workers, 1))
            ]
        return self._workers[lane.name]

    def _start(self, lane: Lane) -> WorkerProcess:
        return self._spawner.submit(self._spawn, lane).result()

    def _spawn(self, lane: Lane) -> WorkerProcess:
        process = WorkerProcess(
            self._command,
            environment={**self._environment, **lane.environment},
            memory_limit_bytes=lane.memory_limit_bytes,
        )
        self._processes = [*(one for one in self._processes if one.alive), process]
        if self._stopping:
            process.kill()
        return process

    def _serve(
        self, worker: LaneWorker, queue: LaneQueue, answered: Answered, stop: threading.Event
    ) -> None:
        """One worker's part: group after group, until none is left."""
        while (group := queue.take()) is not None:
            for index, question in enumerate(group.questions):
                if stop.is_set():
                    return
                try:
                    outcome = self._outcome(worker, queue, group, question)
                except LaneFailed as failed:
                    queue.give_back(group, index, failed)
                    return
                if stop.is_set() and isinstance(outcome, Failure):
                    return  # it did not fail: it was killed
                with self._answering:
                    answered(question, outcome)

    def _outcome(
        self, worker: LaneWorker, queue: LaneQueue, group: Group, question: Question
    ) -> Outcome:
        for attempt in range(_BLAMELESS_RETRIES + 1):
            queue.require_hope()
            try:
                answer = worker.ask(question.message)
            except WorkerRefused as refused:
                queue.note_answer()
                return Failure(status=Status.FAILED, reason=refused.error)
            except WorkerLost as lost:
                queue.note_loss(group, lost.reason)
                if not lost.started and attempt < _BLAMELESS_RETRIES:
                    continue  # it died between two questions
                return Failure(status=lost.status, reason=lost.reason)
            queue.note_answer()
            return answer
        raise AssertionError("the last attempt returned")

    def _await(self, futures: Sequence[Future[None]], stop: threading.Event) -> None:
        left: set[Future[None]] = set(futures)
        while left:
            done, left = wait(left, timeout=_STOP_SECONDS, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            if stop.is_set():
                self._kill_all()

    def _kill_until_done(self, futures: Sequence[Future[Any]]) -> None:
        left: set[Future[Any]] = set(futures)
        while left:
            self._kill_all()
            _, left = wait(left, timeout=_STOP_SECONDS)

    def _kill_all(self) -> None:
        self._stopping = True
        for process in list(self._processes):
            with suppress(OSError):
                process.kill()
