"""Which processes a run consists of, and what they hold of the memory."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

import psutil

# Kept of the processes that have ended; a script can start millions of short ones.
MOST_PIDS = 20_000


class Tree:
    """The process that was started with all its descendants, as far as they were seen.

    One that has gone on in the background, so that the kernel has given it another parent, still
    belongs to the run.
    """

    def __init__(self, pid: int) -> None:
        self._lists_children = _kernel_lists_children()
        self._seen: dict[int, psutil.Process] = {}
        self._ever: set[int] = {pid}
        self._add(pid)

    @property
    def ever(self) -> frozenset[int]:
        """Every process that was seen of it, also those that have ended."""
        return frozenset(self._ever)

    def refresh(self) -> None:
        """Look for new processes."""
        waiting, asked = list(self._seen), set()
        while waiting:
            pid = waiting.pop()
            if pid in asked:
                continue
            asked.add(pid)
            for child in self._children(pid):
                self._add(child)
                waiting.append(child)

    def resident(self) -> tuple[int, int]:
        """(processes that live, bytes of memory that they hold)."""
        living = found = 0
        for pid, process in list(self._seen.items()):
            held = _held(process)
            if held is None:
                del self._seen[pid]
                continue
            living, found = living + bool(held), found + held  # one that has ended holds none
        return living, found

    def _add(self, pid: int) -> None:
        if pid in self._seen:
            return
        with contextlib.suppress(psutil.Error):
            self._seen[pid] = psutil.Process(pid)
            if len(self._ever) < MOST_PIDS:
                self._ever.add(pid)

    def _children(self, pid: int) -> Iterator[int]:
        if self._lists_children:
            yield from _listed_children(pid)
            return
        with contextlib.suppress(psutil.Error, OSError):
            yield from [child.pid for child in psutil.Process(pid).children()]


def _held(process: psutil.Process) -> int | None:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return None


def _kernel_lists_children() -> bool:
    """Whether /proc tells a thread's children; searching all processes takes far longer."""
    return os.path.exists(f"/proc/self/task/{threading.get_native_id()}/children")  # noqa: PTH110


def _listed_children(pid: int) -> Iterator[int]:
    """A framework has hundreds of threads: this is asked often, and with as little as possible."""
    folder = f"/proc/{pid}/task"
    try:
        threads = os.listdir(folder)  # noqa: PTH208
    except OSError:
        return
    for thread in threads:
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(f"{folder}/{thread}/children", os.O_RDONLY)
            try:
                yield from map(int, os.read(descriptor, 65536).split())
            finally:
                os.close(descriptor)
