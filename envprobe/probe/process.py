"""One worker process: asked one question at a time, bounded in time and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple

import msgspec
import psutil

from envprobe.probe.channel import LONGEST_LINE_BYTES, Channel, LineTooLongError
from envprobe.probe.loss import (
    WorkerAnsweredGarbage,
    WorkerDied,
    WorkerLost,
    WorkerOutOfMemory,
    WorkerRefused,
    WorkerTimedOut,
)
from envprobe.probe.oom_kills import oom_kills
from envprobe.probe.tail import Tail, telling_lines

__all__ = [
    "WorkerAnsweredGarbage",
    "WorkerDied",
    "WorkerLost",
    "WorkerOutOfMemory",
    "WorkerProcess",
    "WorkerRefused",
    "WorkerTimedOut",
]

_WATCH_SECONDS = 0.05  # between two looks at the worker's memory and life
_EXIT_GRACE_SECONDS = 1.0  # a worker whose pipe is closed is usually about to be reaped
_REAP_SECONDS = 10.0  # a killed process can hang in a driver call
_DRAIN_SECONDS = 0.5
_SILENT_TURNS = 64  # enough to empty the pipes; a worker that goes on printing must not hold us


class _Exchange(NamedTuple):
    number: int
    deadline: float
    limit_seconds: float


class WorkerProcess:
    """A worker started as `command READ_FD WRITE_FD`, in a session of its own.

    Ctrl-C in the terminal does not reach it. `environment` is added to this process's own.
    `memory_limit_bytes` bounds its resident memory, looked at every 50 ms while it works
    (RLIMIT_AS would break CUDA, which reserves address space far beyond what it uses).

    The worker asks the kernel to be killed with its parent (PR_SET_PDEATHSIG), and the kernel
    takes the *thread* that started it for the parent (prctl(2)): start workers from a thread
    that lives as long as they are to live. Raises `WorkerDied` when it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        memory_limit_bytes: int | None = None,
    ) -> None:
        self._memory_limit_bytes = memory_limit_bytes
        self._oom_kills_before = oom_kills()
        self._rss_bytes: int | None = None
        self._next_watch = 0.0
        self._number = 0
        self._started = False
        self._closed = False
        self._reaping = threading.Lock()
        self._stdout, self._stderr = Tail(), Tail()
        self._process, self._channel = self._spawn(command, environment or {})
        self._watched = psutil.Process(self._process.pid)
        self._let_kernel_kill_it_first()

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group's."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._closed and not self._has_exited()

    def ask(self, question: Mapping[str, Any], *, limit_seconds: float) -> dict[str, Any]:
        """The worker's answer to `question` (a message without its `id`).

        Raises `WorkerRefused` when the worker says that the question broke, and lives on; one
        of the `WorkerLost` when it is gone: then it has been killed, with its whole process
        group, and reaped.
        """
        self._started = False
        try:
            self._require_silence()
            self._number += 1
            self._channel.send(msgspec.json.encode({"id": self._number, **question}) + b"\n")
            return self._await_answer(
                _Exchange(self._number, time.monotonic() + limit_seconds, limit_seconds)
            )
        except WorkerRefused:
            raise
        except WorkerLost as lost:
            lost.started = self._started
            self.close()
            raise
        except BaseException:  # Ctrl-C in the middle: its state is unknown
            self.close()
            raise

    def kill(self) -> None:
        """End it and its process group at once, and reap it; from any thread, any number of times.

        An `ask` going on in another thread raises `WorkerDied`.
        """
        with self._reaping:
            if self._process.returncode is not None:
                return  # reaped: the number may already be another process's
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_REAP_SECONDS)

    def close(self) -> None:
        """Kill it and close the pipes; from the thread that asks."""
        self.kill()
        if not self._closed:
            self._closed = True
            self._channel.close()

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _spawn(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> tuple[subprocess.Popen[bytes], Channel]:
        question_read, questions = os.pipe()  # both ends close on exec, but for pass_fds
        answers, answer_write = os.pipe()
        try:
            process = subprocess.Popen(
                [*command, str(question_read), str(answer_write)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=(question_read, answer_write),
                start_new_session=True,
                env={**os.environ, **environment},
            )
        except OSError as error:
            os.close(questions)
            os.close(answers)
            raise WorkerDied(None, (f"{command[0]}: {error.strerror}",)) from error
        finally:
            os.close(question_read)
            os.close(answer_write)
        prints = [
            (_detached(process.stdout), self._stdout),
            (_detached(process.stderr), self._stderr),
        ]
        return process, Channel(questions, answers, prints)

    def _let_kernel_kill_it_first(self) -> None:
        """When memory runs out, the worker goes, and not this process or the user's others."""
        with suppress(OSError), open(f"/proc/{self.pid}/oom_score_adj", "w") as file:  # noqa: PTH123
            file.write("1000")

    def _require_silence(self) -> None:
        """Raise, without blaming the coming question, when it died or spoke between questions."""
        if self._closed:
            raise WorkerDied(self._process.returncode, telling_lines(self._stderr.text()))
        for _ in range(_SILENT_TURNS):
            if not self._channel.turn(0):
                break
            if self._channel.unread:
                raise WorkerAnsweredGarbage(f"spoke unasked: {_excerpt(self._channel.unread)}")
            if self._channel.closed_by_worker:
                raise self._loss()
        if self._has_exited():
            raise self._loss()
        self._stderr.clear()
        self._stdout.clear()

    def _await_answer(self, exchange: _Exchange) -> dict[str, Any]:
        while True:
            now = time.monotonic()
            if now >= exchange.deadline:
                raise WorkerTimedOut(exchange.limit_seconds, telling_lines(self._stderr.text()))
            moved = self._channel.turn(min(_WATCH_SECONDS, exchange.deadline - now))
            answer = self._take_answer(exchange.number)
            if answer is not None:
                return answer
            if self._channel.closed_by_worker or (not moved and self._has_exited()):
                raise self._loss()
            self._watch_memory(now)

    def _take_answer(self, number: int) -> dict[str, Any] | None:
        try:
            while (line := self._channel.take_line()) is not None:
                message = _message_from_line(line)
                if message == {"started": number}:
                    self._started = True
                    continue
                if message.get("id") != number:
                    raise WorkerAnsweredGarbage(f"not to this question: {_excerpt(line)}")
                return self._answer_from_message(message, line)
        except LineTooLongError:
            raise WorkerAnsweredGarbage(f"a line of over {LONGEST_LINE_BYTES} bytes") from None
        return None

    def _answer_from_message(self, message: dict[str, Any], line: bytes) -> dict[str, Any]:
        if self._channel.unread:
            raise WorkerAnsweredGarbage(f"more than one answer: {_excerpt(self._channel.unread)}")
        if isinstance(message.get("error"), str):
            self._channel.drain(_DRAIN_SECONDS)
            printed = telling_lines(self._stderr.text())
            raise WorkerRefused(message["error"], str(message.get("traceback", "")), printed)
        answer = message.get("answer")
        if not isinstance(answer, dict):
            raise WorkerAnsweredGarbage(f"no answer in it: {_excerpt(line)}")
        return answer

    def _watch_memory(self, now: float) -> None:
        if self._memory_limit_bytes is None or now < self._next_watch:
            return
        self._next_watch = now + _WATCH_SECONDS
        with suppress(psutil.Error):
            self._rss_bytes = int(self._watched.memory_info().rss)
            if self._rss_bytes > self._memory_limit_bytes:
                raise WorkerOutOfMemory(self._rss_bytes, self._memory_limit_bytes)

    def _has_exited(self) -> bool:
        """Whether it ended; leaves it unreaped, so that its number stays its own."""
        with self._reaping:
            if self._process.returncode is not None:
                return True
            try:
                flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
                return os.waitid(os.P_PID, self._process.pid, flags) is not None
            except ChildProcessError:
                return True

    def _loss(self) -> WorkerLost:
        """Why it ended, or that it lives on behind a closed pipe; it is dead and reaped after."""
        end = time.monotonic() + _EXIT_GRACE_SECONDS
        while not (exited := self._has_exited()) and time.monotonic() < end:
            time.sleep(0.01)
        self.kill()
        self._channel.drain(_DRAIN_SECONDS)
        if not exited:
            return WorkerAnsweredGarbage("it closed its pipe and went on running")
        exit_code = self._process.returncode
        if exit_code == -signal.SIGKILL and self._kernel_ran_out():
            return WorkerOutOfMemory(self._rss_bytes, None)
        lines = telling_lines(self._stderr.text() or self._stdout.text())
        return WorkerDied(exit_code, lines)

    def _kernel_ran_out(self) -> bool:
        kills = oom_kills()
        return kills is not None and kills > (self._oom_kills_before or 0)


def _detached(stream: Any) -> int:
    """The stream's descriptor, which the channel owns from now on."""
    descriptor = os.dup(stream.fileno())  # not inherited by other children (PEP 446)
    stream.close()
    return descriptor


def _message_from_line(line: bytes) -> dict[str, Any]:
    """One message; NaN and infinity, which Python's JSON writes, are unknown: None."""
    try:
        message = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise WorkerAnsweredGarbage(f"not JSON: {_excerpt(line)}") from None
    if not isinstance(message, dict):
        raise WorkerAnsweredGarbage(f"not an object: {_excerpt(line)}")
    return message


def _excerpt(line: bytes) -> str:
    return repr(line[:120])[1:] + ("…" if len(line) > 120 else "")
