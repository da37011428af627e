"""Runs a command and stays beside it until it ends: output, signals, window size."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

from envprobe.running.captured import Captured
from envprobe.running.child import End, end_of, start, when_ended
from envprobe.running.copier import Copier
from envprobe.running.passing import drained
from envprobe.running.sample import Samples
from envprobe.running.signals import RESIZED, STOPPED, Forwarding, Reception
from envprobe.running.streams import Stream, open_streams
from envprobe.running.watching import Watching

# On Windows a waiting thread hears of ctrl-C only when it wakes up.
WAKE_SECONDS = 0.2 if sys.platform == "win32" else None

LATE_SECONDS = 0.1

Event = tuple[Literal["signal", "witness", "ended"], int]


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How a command ended, and what is known of it.

    received  the signals that came for it while it ran, in their order
    pids      the processes that were seen of it
    faults    what went wrong beside it
    unread    whether the reader of its output had gone before its end
    """

    pid: int
    end: End
    seconds: float
    output: bytes
    samples: Samples
    received: tuple[int, ...]
    pids: frozenset[int]
    faults: tuple[str, ...]
    unread: bool


class Follower:
    """Stays beside one command. Its events come from several threads, and are dealt with in one."""

    def __init__(self, reception: Reception, closed: Collection[int]) -> None:
        self._reception, self._closed = reception, closed
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._forwarding = Forwarding(self._send)
        self._process: subprocess.Popen[bytes] | None = None
        self._streams: tuple[Stream, ...] = ()
        self._received: list[int] = []
        self._stop_wanted = False

    def follow(self, argv: Sequence[str]) -> Followed:
        """Run the command to its end. Raises CommandNotStartedError."""
        self._reception.on_signal = lambda number: self._events.put(("signal", number))
        captured, watching = Captured(), self._watching()
        self._streams = open_streams(self._closed)
        started = time.monotonic()
        with _ended(watching):
            self._process = process = start(argv, self._streams)
            watching.begin(process.pid, started)
            copiers = [Copier(stream, captured) for stream in self._streams]
            for copier in copiers:
                copier.start()
            when_ended(process, lambda: self._events.put(("ended", 0)))
            self._attend(watching)
            seconds = time.monotonic() - started
        self._process = None
        end = end_of(process)
        self._await_late(end)
        drained(copiers, self._asked_to_go)
        return Followed(
            pid=process.pid,
            end=end,
            seconds=seconds,
            output=captured.data(),
            samples=watching.samples(),
            received=tuple(self._received),
            pids=watching.pids,
            faults=tuple(one.fault for one in copiers if one.fault),
            unread=any(one.reader_gone for one in copiers),
        )

    def _watching(self) -> Watching:
        return Watching(
            self._reception.numbers, lambda number: self._events.put(("witness", number))
        )

    def _attend(self, watching: Watching) -> None:
        while True:
            wait = self._forwarding.due()
            with contextlib.suppress(Empty):
                kind, number = self._events.get(timeout=WAKE_SECONDS if wait is None else wait)
                if kind == "ended":
                    return
                self._take(kind, number, watching)
            self._forwarding.decide()
            if self._stop_wanted and not self._forwarding.awaits(STOPPED):
                self._stop_wanted = False
                self._reception.stop_here()

    def _take(self, kind: str, number: int, watching: Watching) -> None:
        if kind == "witness":
            self._forwarding.witnessed(number)
        elif number == RESIZED:
            self._resize()
        else:
            self._received.append(number)
            self._stop_wanted |= number == STOPPED
            self._forwarding.received(number, has_witness=watching.witnesses)

    def _resize(self) -> None:
        """The terminal told the group before the new size could be seen: tell it again."""
        resized = [stream.resize() for stream in self._streams]
        if any(resized) and RESIZED is not None:
            os.killpg(os.getpgrp(), RESIZED)

    def _send(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                os.kill(self._process.pid, number)

    def _await_late(self, end: End) -> None:
        """A key's signal reaches everybody at once: the command may be gone before it is seen."""
        if end.signal not in self._reception.numbers or end.signal in self._received:
            return
        with contextlib.suppress(Empty):
            while end.signal not in self._received:
                kind, number = self._events.get(timeout=LATE_SECONDS)
                if kind == "signal":
                    self._received.append(number)

    def _asked_to_go(self) -> bool:
        """Whether a signal came since the command ended."""
        with contextlib.suppress(Empty):
            while True:
                kind, number = self._events.get_nowait()
                if kind == "signal" and number in (signal.SIGINT, signal.SIGTERM):
                    return True
        return False


@contextlib.contextmanager
def _ended(watching: Watching) -> Iterator[None]:
    try:
        yield
    finally:
        watching.end()
