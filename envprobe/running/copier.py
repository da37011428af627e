"""Passes a command's output on, unchanged and at once, and keeps a copy."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import sys
import threading

from envprobe.running.captured import Captured
from envprobe.running.streams import Stream

PORTION_BYTES = 2**20
READER_GONE = (errno.EPIPE, errno.EIO, errno.EBADF, errno.ECONNRESET, errno.ENXIO)


class ReaderGoneError(Exception):
    """Nobody reads the target any more."""


class Copier(threading.Thread):
    """The thread of one stream; it may wait for a slow reader as the command itself would.

    taken   bytes that have been read
    passed  those of them that have been dealt with
    ended   nothing more will come
    fault   why some of them were not written on
    reader_gone  nobody reads the target any more
    """

    def __init__(self, stream: Stream, captured: Captured) -> None:
        super().__init__(name=f"output {stream.target}", daemon=True)
        self.stream, self._captured = stream, captured
        self._stopped, self._stopper = os.pipe()
        self.taken = self.passed = 0
        self.fault: str | None = None
        self.ended = self.reader_gone = False

    def run(self) -> None:
        """Until the command's end of the stream is closed, or `stop`."""
        try:
            self._copy()
        except ReaderGoneError:
            # The command's next write fails, as it would have without a copier in between.
            self.ended = self.reader_gone = True
            os.close(self.stream.source)
        except Exception as error:  # noqa: BLE001 - a copier that fails must not stop the command
            self.fault = f"output was lost: {type(error).__name__}: {error}"
            self._read_in_vain()

    def _copy(self) -> None:
        while data := self._next():
            self.taken += len(data)
            self._pass_on(data)
            self._captured.add(self.stream.target, data)
            self.passed += len(data)
        self.ended = data == b""

    def waiting_bytes(self) -> int:
        """What the command has written, and nobody has read yet."""
        if self.ended or sys.platform == "win32":
            return 0
        import fcntl
        import termios

        with contextlib.suppress(OSError):
            return int.from_bytes(
                fcntl.ioctl(self.stream.source, termios.FIONREAD, bytes(4)), sys.byteorder
            )
        return 0

    def stop(self) -> None:
        """Let it end behind the portion it is at; what comes later stays in the stream."""
        with contextlib.suppress(OSError):
            os.write(self._stopper, b".")

    def close(self) -> None:
        """Give the descriptors back; once it has ended."""
        source = () if self.reader_gone else (self.stream.source,)
        for descriptor in (self._stopped, self._stopper, *source):
            os.close(descriptor)

    def _next(self) -> bytes | None:
        """The next portion; empty at the end, None when stopped."""
        if sys.platform != "win32":
            waiting = select.poll()
            waiting.register(self._stopped, select.POLLIN)
            waiting.register(self.stream.source, select.POLLIN)
            if any(ready == self._stopped for ready, _ in waiting.poll()):
                return None
        try:
            return os.read(self.stream.source, PORTION_BYTES)
        except OSError as error:
            if error.errno == errno.EIO:  # how Linux tells that a terminal's other end is closed
                return b""
            raise

    def _pass_on(self, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self._write(view) :]
        except OSError as error:
            if error.errno in READER_GONE:
                raise ReaderGoneError from error
            self.fault = f"output was lost: {error.strerror}"

    def _write(self, view: memoryview) -> int:
        try:
            return os.write(self.stream.target, view)
        except BlockingIOError:  # another program has made the terminal so
            select.select([], [self.stream.target], [])
            return 0

    def _read_in_vain(self) -> None:
        """Keep the command from blocking on a stream that nobody reads."""
        with contextlib.suppress(OSError):
            while data := self._next():
                self.taken = self.passed = self.taken + len(data)
        self.ended = True
