"""Starts the command, and tells how it ended."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import msgspec

from envprobe.errors import EnvprobeError
from envprobe.running.streams import STDERR, STDOUT, Stream, given_to

NOT_FOUND, NOT_EXECUTABLE = 127, 126


class CommandNotStartedError(EnvprobeError):
    """The command does not exist or cannot be executed; the exit code is a shell's."""

    def __init__(self, told: str, exit_code: int) -> None:
        super().__init__(told)
        self.exit_code = exit_code


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended: with a code, or by a signal.

    largest_process_bytes  the most that one process of it held, as the kernel counted
    """

    code: int | None = None
    signal: int | None = None
    dumped_core: bool = False
    largest_process_bytes: int | None = None

    @property
    def exit_code(self) -> int:
        """As a shell tells it: 128 and the number of the signal."""
        if self.signal is not None:
            return 128 + self.signal
        return self.code or 0


def start(argv: Sequence[str], streams: tuple[Stream, ...]) -> subprocess.Popen[bytes]:
    """The command as it would run alone, but for where its output goes.

    It keeps this process's group, so that a terminal's keys reach it as they always do.
    """
    try:
        return subprocess.Popen(
            list(argv),
            stdout=given_to(STDOUT, streams),
            stderr=given_to(STDERR, streams),
            close_fds=sys.platform == "win32",  # descriptors that a shell opened for it are its own
        )
    except (OSError, ValueError) as error:
        raise _not_started(argv[0], error) from error
    finally:
        for stream in streams:
            os.close(stream.given)


def _not_started(name: str, error: Exception) -> CommandNotStartedError:
    found = shutil.which(name)
    if isinstance(error, FileNotFoundError) and found is None:
        return CommandNotStartedError(f"{name}: command not found", NOT_FOUND)
    if isinstance(error, FileNotFoundError):
        told = f"{found} cannot be started: the interpreter in its first line does not exist"
    elif getattr(error, "errno", None) == errno.ENOEXEC:
        told = f"{found or name} is no program, and has no first line that names its interpreter"
    else:
        told = f"{name} cannot be executed: {getattr(error, 'strerror', None) or error}"
    return CommandNotStartedError(told, NOT_EXECUTABLE)


def when_ended(process: subprocess.Popen[bytes], tell: Callable[[], None]) -> None:
    """Call `tell` from another thread when the process has ended."""

    def wait() -> None:
        if hasattr(os, "waitid"):
            # Left unreaped, so that its number stays its own as long as signals may be sent to it.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        else:
            process.wait()
        tell()

    threading.Thread(target=wait, name="end", daemon=True).start()


def end_of(process: subprocess.Popen[bytes]) -> End:
    """How an ended process ended."""
    if not hasattr(os, "wait4") or process.returncode is not None:
        return _end(process.wait())
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:  # somebody in this process waits for all children
        return _end(process.wait())
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return msgspec.structs.replace(
        _end(process.returncode),
        dumped_core=os.WCOREDUMP(status),
        largest_process_bytes=usage.ru_maxrss * unit,
    )


def _end(code: int) -> End:
    return End(signal=-code) if code < 0 else End(code=code)
