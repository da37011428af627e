"""Signals that reach envprobe and are meant for the command."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

# Within this time a signal to all of the group has reached the watching process as well.
WITNESS_SECONDS = 0.1
NAMES = ("SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU")
JOB_CONTROL = ("SIGTSTP", "SIGCONT")
RESIZED = getattr(signal, "SIGWINCH", None)
STOPPED = getattr(signal, "SIGTSTP", None)


def forwarded_signals() -> tuple[int, ...]:
    """The signals that are passed on; what is ignored here, the command ignores too."""
    names = NAMES + JOB_CONTROL if sys.platform != "win32" else ("SIGINT",)
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return tuple(number for number in numbers if signal.getsignal(number) != signal.SIG_IGN)


class Reception:
    """Handlers that hand the numbers of signals to `on_signal`, for the time of a `with`.

    Only the main thread can have any; in another one signals keep their meaning.
    """

    def __init__(self, on_signal: Callable[[int], None]) -> None:
        self.on_signal = on_signal
        self.numbers = forwarded_signals()
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Reception:
        if threading.current_thread() is threading.main_thread():
            for number in (*self.numbers, *([RESIZED] if RESIZED else [])):
                self._before[number] = signal.signal(number, self._received)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            # None: a handler that was not set from Python, and cannot be set again.
            signal.signal(number, signal.SIG_DFL if before is None else before)

    def stop_here(self) -> None:
        """Stop as ctrl-Z does, and come back when continued."""
        if STOPPED is not None:
            signal.signal(STOPPED, signal.SIG_DFL)
            os.kill(os.getpid(), STOPPED)
            signal.signal(STOPPED, self._received)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        self.on_signal(number)


class Forwarding:
    """Decides which signals the command has not got itself.

    A terminal's keys, a scheduler and `kill` with a group's number reach the command as well as
    envprobe, and then the watching process too: its word tells. What only envprobe got is passed
    on, once.
    """

    def __init__(self, send: Callable[[int], None]) -> None:
        self._send = send
        self._waiting: dict[int, float] = {}
        self._witnessed: dict[int, float] = {}

    def received(self, number: int, *, has_witness: bool) -> None:
        """This process got a signal."""
        now = time.monotonic()
        if now - self._witnessed.pop(number, -1.0) < WITNESS_SECONDS:
            return
        if has_witness:
            self._waiting[number] = now + WITNESS_SECONDS
        elif not is_key_pressed(number):
            self._send(number)

    def witnessed(self, number: int) -> None:
        """The watching process got it too."""
        if self._waiting.pop(number, None) is None:
            self._witnessed[number] = time.monotonic()

    def awaits(self, number: int | None) -> bool:
        """Whether it is still open who got that signal."""
        return number in self._waiting

    def due(self) -> float | None:
        """Seconds until a decision is due; None when there is nothing to decide."""
        return max(0.0, min(self._waiting.values()) - time.monotonic()) if self._waiting else None

    def decide(self) -> None:
        """Pass on what nobody else got."""
        now = time.monotonic()
        for number in [one for one, due in self._waiting.items() if due <= now]:
            del self._waiting[number]
            self._send(number)


def is_key_pressed(number: int) -> bool:
    """Whether it is a key's signal, and this process has the terminal to press the key on."""
    if number not in (
        signal.SIGINT,
        getattr(signal, "SIGQUIT", -1),
        getattr(signal, "SIGTSTP", -1),
    ):
        return False
    if sys.platform == "win32":
        return True
    with contextlib.suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False
