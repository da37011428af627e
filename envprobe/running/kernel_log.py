"""What the kernel logged of a run's processes, where this user may read it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator

KMSG = "/dev/kmsg"
# A record is cut there by the kernel.
RECORD_BYTES = 8192
MOST_RECORDS = 5000
MOST_LINES = 12
NUMBER = re.compile(r"\d+")
# A GPU's fault that the driver could not ascribe to a process.
NOBODYS = re.compile(r"NVRM: Xid .*pid='?<unknown>")
TELLING = re.compile(
    r"[Oo]ut of memory|oom[-_]kill|oom_reaper|segfault|trap |traps:|general protection|NVRM|"
    r"nvidia|bus error|exited on signal|hung_task|blocked for more than|core|Killed"
)


class KernelLog:
    """The kernel's records since this was made."""

    def __init__(self, path: str = KMSG) -> None:
        self._descriptor: int | None = None
        self.unknown: str | None = None
        try:
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            os.lseek(self._descriptor, 0, os.SEEK_END)
        except OSError as error:
            self.unknown = f"{path}: {error.strerror}"

    def lines(self, pids: Iterable[int]) -> tuple[str, ...]:
        """The telling ones that name one of these processes; the log is closed then."""
        wanted = {str(pid) for pid in pids}
        found = [text for text in map(_text, self._records()) if _tells_of(text, wanted)]
        self.close()
        return tuple(found[:MOST_LINES])

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _records(self) -> Iterator[bytes]:
        for _ in range(MOST_RECORDS):
            if self._descriptor is None:
                return
            with contextlib.suppress(BrokenPipeError):  # some were overwritten: go on behind them
                try:
                    record = os.read(self._descriptor, RECORD_BYTES)
                except BlockingIOError:
                    return
                if not record:
                    return
                yield record


def _text(record: bytes) -> str:
    """`6,1234,5678,-;text`, with lines of other fields behind it."""
    _, _, text = record.decode("utf-8", "replace").partition(";")
    return text.split("\n", 1)[0]


def _tells_of(text: str, pids: set[str]) -> bool:
    if NOBODYS.search(text):
        return True
    return bool(TELLING.search(text)) and not pids.isdisjoint(NUMBER.findall(text))
