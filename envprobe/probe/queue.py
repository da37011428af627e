"""The questions of one lane, handed out to its workers, and when to stop asking them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

from envprobe.probe.lane import Lane, LaneFailed


class Question(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One message for a worker, and the key by which the asker knows it."""

    key: Any
    message: dict[str, Any]


class Group(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Questions best asked to one worker in this order, since they share what it caches.

    `subject` (an op) says which groups may well fail together: one op that takes the worker
    down in every dtype says nothing about the lane.
    """

    questions: Sequence[Question]
    subject: str = ""


class LaneQueue:
    """Hands groups to the lane's threads, and keeps count of the workers that died in a row."""

    def __init__(self, lane: Lane, groups: Sequence[Group], *, give_up_after: int) -> None:
        self.lane = lane
        self._failure: LaneFailed | None = None
        self._groups = deque(groups)
        self._give_up_after = give_up_after
        self._lost_on: set[str] = set()
        self._last_reason = ""
        self._lock = threading.Lock()

    @property
    def failure(self) -> LaneFailed | None:
        """Why questions were left unasked; None when the other workers could take them over."""
        with self._lock:
            return self._failure if self._groups else None

    def take(self) -> Group | None:
        """The next group; None when no more are to be asked."""
        with self._lock:
            if not self._groups:
                return None
            return self._groups.popleft()

    def give_back(self, group: Group, first: int, failure: LaneFailed) -> None:
        """The thread's worker cannot go on: the rest of its group is another's, if there is one."""
        with self._lock:
            rest = msgspec.structs.replace(group, questions=group.questions[first:])
            self._groups.appendleft(rest)
            self._failure = failure

    def note_answer(self) -> None:
        """A worker answered: the lane is well."""
        with self._lock:
            self._lost_on.clear()

    def note_loss(self, group: Group, reason: str) -> None:
        """A worker was lost on this group."""
        with self._lock:
            self._lost_on.add(group.subject or f"group {id(group)}")
            self._last_reason = reason

    def require_hope(self) -> None:
        """Raise `LaneFailed` when workers die whatever they are asked."""
        with self._lock:
            if len(self._lost_on) >= self._give_up_after:
                reason = (
                    f"given up after workers died on {len(self._lost_on)} different subjects"
                    f" in a row; the last: {self._last_reason}"
                )
                raise LaneFailed(self.lane.name, reason)
