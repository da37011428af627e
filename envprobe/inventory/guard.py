"""Time limits around questions to the machine: a source that hangs costs itself, not the scan."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What came back, or the reason why nothing did."""

    value: T | None = None
    reason: str | None = None


class Question(Generic[T]):
    """A question being asked in a daemon thread, which dies with the process if it hangs.

    A thread is enough: what hangs here is a system call or a native library, and both let go of
    the interpreter's lock.
    """

    def __init__(self, ask: Callable[[], T], what: str) -> None:
        self._ask = ask
        self._what = what
        self._answer: Answer[T] | None = None
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"ask {what}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer = Answer(value=self._ask())
        except Exception as error:  # noqa: BLE001 - whatever a source raises is its reason
            self._answer = Answer(reason=f"{type(error).__name__}: {error}")

    def within(self, seconds: float) -> Answer[T]:
        """The answer, at most `seconds` after the question was put."""
        left = self._started + seconds - time.monotonic()
        self._thread.join(max(left, 0.0))
        return self._answer or Answer(reason=f"{self._what} did not answer within {seconds:g} s")


def answer_within(seconds: float, ask: Callable[[], T], what: str) -> Answer[T]:
    """Asks and waits at most `seconds`; never raises."""
    return Question(ask, what).within(seconds)
