"""The process that watches a run: samples its memory, and witnesses signals to its group.

It is a process of its own, so that neither a hanging NVML nor a slow /proc ever holds up the run's
output or its end. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from types import FrameType

import msgspec
import psutil

from envprobe.running.gpu_watch import GpuWatch
from envprobe.running.group import Group, held_bytes, limiting_group
from envprobe.running.sample import Sample
from envprobe.running.tree import Tree
from envprobe.running.watcher_words import Machine, Measured, Members, Order, Ready, Signalled, Word

# Of one core: what a sample costs decides how soon the next one may come.
MOST_SHARE = 0.005
LONGEST_PERIOD_SECONDS = 30.0


def main() -> None:
    """Watch until standard input ends."""
    order = _order()
    for number in order.signals:
        signal.signal(number, _witness)
    _tell(Ready())
    over = threading.Event()
    threading.Thread(target=_await_end, args=(over,), daemon=True).start()
    with contextlib.suppress(BrokenPipeError, OSError):
        watch = _Watch(order)
        while not over.wait(watch.sample()):
            pass
    os._exit(0)  # a thread that hangs in NVML must not keep it


def _order() -> Order:
    data = b""
    while not data.endswith(b"\n"):
        more = os.read(0, 65536)
        if not more:
            os._exit(0)  # the run could not be started
        data += more
    return msgspec.json.decode(data, type=Order)


def _witness(number: int, _frame: FrameType | None) -> None:
    with contextlib.suppress(OSError):
        _tell(Signalled(number=number))


def _await_end(over: threading.Event) -> None:
    while os.read(0, 512):
        pass
    over.set()


def _tell(word: Word) -> None:
    data = msgspec.json.encode(word) + b"\n"
    while data:
        data = data[os.write(1, data) :]


class _Watch:
    """Takes the samples, and keeps to its share of the CPU."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._tree = Tree(order.pid)
        self._gpus = GpuWatch()
        self._group = limiting_group()
        self._told: tuple[Machine | None, frozenset[int]] = (None, frozenset())
        self._refresh_due = 0.0
        self._refresh_cost = 0.0

    def sample(self) -> float:
        """Take a sample and tell it; the seconds until the next one is due."""
        began = time.process_time()
        self._refresh()
        _tell(Measured(sample=self._now()))
        self._tell_news()
        cost = time.process_time() - began - self._refresh_cost
        wished = max(self._order.period_seconds, cost / MOST_SHARE)
        return min(wished, LONGEST_PERIOD_SECONDS)

    def _refresh(self) -> None:
        """Look for new processes, as often as their number allows."""
        self._refresh_cost = 0.0
        if time.monotonic() < self._refresh_due:
            return
        began = time.process_time()
        self._tree.refresh()
        self._refresh_cost = time.process_time() - began
        wait = min(self._refresh_cost / MOST_SHARE, LONGEST_PERIOD_SECONDS)
        self._refresh_due = time.monotonic() + wait

    def _now(self) -> Sample:
        processes, resident = self._tree.resident()
        return Sample(
            seconds=round(time.monotonic() - self._order.started, 3),
            processes=processes,
            resident_bytes=resident,
            available_bytes=psutil.virtual_memory().available,
            group_bytes=held_bytes(self._group) if self._group else None,
            gpus=self._gpus.use(self._tree.ever, 3 * self._order.period_seconds),
        )

    def _tell_news(self) -> None:
        """What is known of the machine and of the run's processes, where it has changed."""
        machine, pids = _machine(self._gpus, self._group), self._tree.ever
        if machine != self._told[0]:
            _tell(machine)
        if pids != self._told[1]:
            _tell(Members(pids=tuple(sorted(pids - self._told[1]))))
        self._told = (machine, pids)


def _machine(gpus: GpuWatch, group: Group | None) -> Machine:
    unknown = {"gpus": gpus.unknown} if gpus.unknown else {}
    if group is None:
        unknown["limit_bytes"] = "no control group limits the memory"
    return Machine(
        total_bytes=psutil.virtual_memory().total,
        group=group,
        gpus=gpus.gpus(),
        unknown=unknown,
    )
