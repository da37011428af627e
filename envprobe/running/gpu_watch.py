"""GPU memory, read in a thread of the watching process: NVML can hang for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection

import psutil

from envprobe.inventory.gpu_memory import GpuMemoryNow, GpuMemoryReader
from envprobe.running.sample import GpuUse, WatchedGpu

# An answer that comes within this time belongs to the sample; a later one to the next sample.
WAIT_SECONDS = 0.02


class GpuWatch:
    """The newest reading of all GPUs; `unknown` says why there is none."""

    def __init__(self) -> None:
        self.unknown: str | None = "NVML has not answered"
        self._reader: GpuMemoryReader | None = None
        self._wanted, self._read = threading.Event(), threading.Event()
        self._newest: tuple[GpuMemoryNow, ...] = ()
        self._at = 0.0
        threading.Thread(target=self._work, name="gpus", daemon=True).start()

    def gpus(self) -> tuple[WatchedGpu, ...]:
        """The GPUs that answered."""
        names = self._reader.names if self._reader else {}
        return tuple(
            WatchedGpu(index=one.index, name=names[one.index], total_bytes=one.total_bytes)
            for one in self._newest
        )

    def use(self, pids: Collection[int], oldest_seconds: float) -> tuple[GpuUse, ...]:
        """Each GPU now, where the answer is not older than that."""
        self._read.clear()
        self._wanted.set()
        if self.unknown is None:
            self._read.wait(WAIT_SECONDS)
        if time.monotonic() - self._at > oldest_seconds:
            return ()
        return tuple(_use(one, pids) for one in self._newest)

    def _work(self) -> None:
        try:
            self._open()
            while self.unknown is None:
                self._wanted.wait()
                self._wanted.clear()
                if self._reader is not None:
                    self._newest, self._at = self._reader.read(), time.monotonic()
                self._read.set()
        except Exception as error:  # noqa: BLE001 - a broken binding costs the GPUs' curve only
            self.unknown = f"{type(error).__name__}: {error}"

    def _open(self) -> None:
        from envprobe.inventory.nvml import import_nvml

        try:
            self._reader = GpuMemoryReader(import_nvml())
        except ImportError as error:
            self.unknown = f"no module pynvml: {error}"
            return
        refused = self._reader.open()
        if refused is None:
            self._newest, self._at = self._reader.read(), time.monotonic()
        self.unknown = refused


def _use(now: GpuMemoryNow, pids: Collection[int]) -> GpuUse:
    return GpuUse(
        index=now.index,
        used_bytes=now.used_bytes,
        free_bytes=now.free_bytes,
        run_bytes=_of_run(now.by_pid, pids),
    )


def _of_run(by_pid: dict[int, int] | None, pids: Collection[int]) -> int | None:
    """What the run holds; None where NVML counts processes as the host outside does."""
    if by_pid is None:
        return None
    mine = sum(held for pid, held in by_pid.items() if pid in pids)
    if not mine and any(not psutil.pid_exists(pid) for pid in by_pid):
        return None
    return mine
