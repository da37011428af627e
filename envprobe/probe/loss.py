"""The ways in which a worker fails to answer, as exceptions."""

from __future__ import annotations

import signal

from envprobe.terms import Status

_MEBIBYTE = 1024 * 1024


class WorkerRefused(Exception):  # noqa: N818  a worker's answer, not a fault of this program
    """The worker lives on and says that the question itself broke: `error`, `traceback`.

    `stderr_lines` are what it printed meanwhile, as far as it tells why.
    """

    def __init__(self, error: str, traceback: str = "", stderr_lines: tuple[str, ...] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.traceback = traceback
        self.stderr_lines = stderr_lines


class WorkerLost(Exception):  # noqa: N818  reads as what happened
    """The worker is gone (killed and reaped, if it was not dead yet).

    `started`: it had announced the question; when False, the question is not to blame.
    `status` is what the question's cell becomes, `reason` says why in one line.
    """

    status = Status.CRASHED

    def __init__(self, reason: str, stderr_lines: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stderr_lines = stderr_lines
        self.started = False


class WorkerDied(WorkerLost):
    """It ended by itself or by a signal; negative `exit_code` is the signal, None: no start."""

    def __init__(self, exit_code: int | None, stderr_lines: tuple[str, ...] = ()) -> None:
        told = f"; stderr: {' | '.join(stderr_lines)}" if stderr_lines else ""
        super().__init__(_ending(exit_code) + told, stderr_lines)
        self.exit_code = exit_code
        self.signal = _signal_name(exit_code)


class WorkerTimedOut(WorkerLost):
    """No answer within `limit_seconds`."""

    status = Status.TIMED_OUT

    def __init__(self, limit_seconds: float, stderr_lines: tuple[str, ...] = ()) -> None:
        super().__init__(f"no answer within {limit_seconds:g} s", stderr_lines)
        self.limit_seconds = limit_seconds


class WorkerOutOfMemory(WorkerLost):
    """Its resident memory passed the limit, or (`limit_bytes` None) the kernel killed it."""

    status = Status.OUT_OF_MEMORY

    def __init__(self, rss_bytes: int | None, limit_bytes: int | None) -> None:
        super().__init__(_memory_reason(rss_bytes, limit_bytes))
        self.rss_bytes = rss_bytes
        self.limit_bytes = limit_bytes


class WorkerAnsweredGarbage(WorkerLost):
    """What came over its pipe is not an answer to the question."""

    def __init__(self, seen: str) -> None:
        super().__init__(f"answered garbage: {seen}")
        self.seen = seen


def _signal_name(exit_code: int | None) -> str | None:
    if exit_code is None or exit_code >= 0:
        return None
    try:
        return signal.Signals(-exit_code).name
    except ValueError:  # real-time signals have no name
        return f"signal {-exit_code}"


def _ending(exit_code: int | None) -> str:
    if exit_code is None:
        return "could not be started"
    return _signal_name(exit_code) or f"exited with code {exit_code}"


def _memory_reason(rss_bytes: int | None, limit_bytes: int | None) -> str:
    used = f" at {rss_bytes // _MEBIBYTE} MiB of host memory" if rss_bytes is not None else ""
    if limit_bytes is None:
        return f"killed by the kernel's out-of-memory killer{used}"
    return f"stopped{used}, over its limit of {limit_bytes // _MEBIBYTE} MiB"
