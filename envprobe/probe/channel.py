"""The pipes to a worker: lines there, lines back, and what it prints, in one selector loop.

Nothing here ever blocks longer than it is told: a worker that floods, stalls in the middle of a
line or does not read its question costs neither memory nor time beyond the caller's limit.
"""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Sequence
from contextlib import suppress

from envprobe.probe.tail import Tail

LONGEST_LINE_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024


class LineTooLongError(Exception):
    """The other side wrote more than `LONGEST_LINE_BYTES` without an end of line."""


class Channel:
    """Owns the parent's ends: `questions` is written, `answers` read, `prints` drained."""

    def __init__(self, questions: int, answers: int, prints: Sequence[tuple[int, Tail]]) -> None:
        self._questions = questions
        self._answers = answers
        self._tails = dict(prints)
        self._unsent = memoryview(b"")
        self._received = bytearray()
        self._searched = 0
        self.closed_by_worker = False
        self._selector = selectors.DefaultSelector()
        for descriptor in (questions, answers, *self._tails):
            os.set_blocking(descriptor, False)
        for descriptor in (answers, *self._tails):
            self._selector.register(descriptor, selectors.EVENT_READ)

    def send(self, line: bytes) -> None:
        """Queue one line; the following turns write it as fast as the worker reads."""
        if self._unsent:  # it answered the last question without reading all of it
            self._selector.unregister(self._questions)
        self._unsent = memoryview(line)
        self._selector.register(self._questions, selectors.EVENT_WRITE)

    def turn(self, timeout_seconds: float) -> bool:
        """Move what can be moved, waiting at most `timeout_seconds`; False if nothing could."""
        ready = self._selector.select(max(timeout_seconds, 0.0))
        for key, _ in ready:
            if key.fd == self._questions:
                self._write()
            elif key.fd == self._answers:
                self._read_answers()
            else:
                self._drain_print(key.fd)
        return bool(ready)

    def take_line(self) -> bytes | None:
        """The next whole line received, without its end; raises `LineTooLongError`."""
        end = self._received.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._received)
            if self._searched > LONGEST_LINE_BYTES:
                raise LineTooLongError
            return None
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        self._searched = 0
        return line

    @property
    def unread(self) -> bytes:
        """What was received beyond the lines taken."""
        return bytes(self._received[:200])

    def drain(self, limit_seconds: float) -> None:
        """Take in what a dead worker left in its pipes."""
        end = time.monotonic() + limit_seconds
        while self._selector.get_map() and self.turn(0) and time.monotonic() < end:
            pass

    def close(self) -> None:
        """Close every descriptor."""
        self._selector.close()
        for descriptor in (self._questions, self._answers, *self._tails):
            with suppress(OSError):
                os.close(descriptor)

    def _write(self) -> None:
        try:
            written = os.write(self._questions, self._unsent)
        except BlockingIOError:
            return
        except BrokenPipeError:  # it died or closed its end; the answer pipe tells which
            written = len(self._unsent)
        self._unsent = self._unsent[written:]
        if not self._unsent:
            self._selector.unregister(self._questions)

    def _read_answers(self) -> None:
        data = self._read(self._answers)
        if data == b"":
            self.closed_by_worker = True
            self._selector.unregister(self._answers)
        elif data:
            self._received += data

    def _drain_print(self, descriptor: int) -> None:
        data = self._read(descriptor)
        if data == b"":
            self._selector.unregister(descriptor)
        elif data:
            self._tails[descriptor].feed(data)

    @staticmethod
    def _read(descriptor: int) -> bytes | None:
        try:
            return os.read(descriptor, _CHUNK_BYTES)
        except BlockingIOError:
            return None
