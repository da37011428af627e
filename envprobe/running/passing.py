"""The rest of a command's output, once the command has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from envprobe.running.copier import Copier
from envprobe.running.left_behind import hand_over

# After the command's own output; longer ones come from processes that it left behind.
QUIET_SECONDS = 0.2
LOOK_SECONDS = 0.005
STOP_SECONDS = 0.5


def drained(copiers: Sequence[Copier], asked_to_go: Callable[[], bool]) -> None:
    """Wait until everything that the command wrote has been passed on.

    A reader may be as slow as it likes. What other processes still write is left to a process
    that passes it on after this one's end.
    """
    goals = [copier.taken + copier.waiting_bytes() for copier in copiers]
    quiet_until: float | None = None
    while not all(copier.ended for copier in copiers) and not asked_to_go():
        done = all(c.ended or c.passed >= goal for c, goal in zip(copiers, goals, strict=True))
        quiet_until = quiet_until or (time.monotonic() + QUIET_SECONDS if done else None)
        if quiet_until is not None and time.monotonic() > quiet_until:
            break
        time.sleep(LOOK_SECONDS)
    for copier in copiers:
        _leave(copier)


def _leave(copier: Copier) -> None:
    copier.stop()
    copier.join(STOP_SECONDS)
    if copier.is_alive():
        return  # in the middle of writing to a reader that does not read
    if not copier.ended:
        hand_over(copier.stream)
    copier.close()
