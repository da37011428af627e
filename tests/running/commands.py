"""`envprobe run` as a process, with and without a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

RUN = [sys.executable, "-m", "envprobe.cli", "run"]
SECONDS = 60.0


def python(script: str) -> list[str]:
    """The command that runs a script."""
    return [sys.executable, "-c", script]


def run(
    command: list[str], *options: str, stdin: bytes = b"", **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run the command under envprobe with pipes."""
    return subprocess.run(
        [*RUN, *options, "--", *command],
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        **more,
    )


class Terminal:
    """A process that leads a session with a terminal of its own, as in a window."""

    def __init__(self, argv: list[str], rows: int = 24, columns: int = 80) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                os.execvp(argv[0], argv)  # noqa: S606
            finally:
                os._exit(99)
        self.resize(rows, columns)
        self.output = b""
        self.status: int | None = None

    def resize(self, rows: int, columns: int) -> None:
        """Change the window's size, which tells the foreground's processes."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def until(self, text: bytes) -> bytes:
        """Everything printed up to now, once the text is among it."""
        end = time.monotonic() + SECONDS
        while text not in self.output:
            assert time.monotonic() < end, self.output
            assert self._read(0.1), self.output
        return self.output

    def wait(self) -> int:
        """The shell's exit code, or the signal's number negative; reads all output."""
        end = time.monotonic() + SECONDS
        while self._read(0.1):
            assert time.monotonic() < end, self.output
        _, status = os.waitpid(self.pid, 0)
        self.status = status
        return os.waitstatus_to_exitcode(status)

    def _read(self, seconds: float) -> bool:
        """Whether there may be more."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # nobody has the terminal open any more
            return False
        self.output += data
        return bool(data)


@contextlib.contextmanager
def terminal(argv: list[str], **size: int) -> Iterator[Terminal]:
    """The process is gone behind the `with`."""
    opened = Terminal(argv, **size)
    try:
        yield opened
    finally:
        if opened.status is None:
            with contextlib.suppress(OSError):
                os.kill(opened.pid, signal.SIGKILL)
                os.waitpid(opened.pid, 0)
        os.close(opened.master)
