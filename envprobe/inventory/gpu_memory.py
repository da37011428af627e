"""How much of each GPU's memory is used now, and by which processes."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.inventory.gpu_questions import Reply, first_that_exists, reply, text

# A process's memory that NVML may not tell has all bits set (WDDM, containers, MIG).
NOT_TOLD = 2**63


class GpuMemoryNow(msgspec.Struct, frozen=True, kw_only=True):
    """One GPU at this moment. `by_pid` is None where NVML does not list processes."""

    index: int
    total_bytes: int
    free_bytes: int
    used_bytes: int
    by_pid: dict[int, int] | None = None


class GpuMemoryReader:
    """Asks the same GPUs again and again; opening NVML is what costs, and is done once.

    Its calls can hang for ever with a broken driver: for a thread, or a process, that may be left.
    """

    def __init__(self, nvml: Any) -> None:
        self._nvml = nvml
        self._handles: dict[int, Any] = {}
        self.names: dict[int, str] = {}

    def open(self) -> str | None:
        """Opens NVML and every GPU; the reason where that is not possible."""
        nvml = self._nvml
        opened = reply(nvml, nvml.nvmlInit)
        if opened.error:
            return opened.error
        count = reply(nvml, lambda: int(nvml.nvmlDeviceGetCount()))
        for index in range(count.value or 0):
            handle = reply(nvml, lambda index=index: nvml.nvmlDeviceGetHandleByIndex(index))  # type: ignore[misc]
            if not handle.error:
                self._handles[index] = handle.value
                self.names[index] = self._name(handle.value)
        return count.error or (None if self._handles else "NVML lists no GPU")

    def read(self) -> tuple[GpuMemoryNow, ...]:
        """Every GPU that answers."""
        every = (self._read(index, handle) for index, handle in self._handles.items())
        return tuple(one for one in every if one is not None)

    def _name(self, handle: Any) -> str:
        return str(reply(self._nvml, lambda: text(self._nvml.nvmlDeviceGetName(handle))).value)

    def _read(self, index: int, handle: Any) -> GpuMemoryNow | None:
        nvml = self._nvml
        told = reply(nvml, lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        if told.error:
            return None
        held = reply(nvml, lambda: _held(nvml, handle))
        return GpuMemoryNow(
            index=index,
            total_bytes=int(told.value.total),
            free_bytes=int(told.value.free),
            used_bytes=int(told.value.used),
            by_pid=_told(held),
        )


def _held(nvml: Any, handle: Any) -> dict[int, int | None]:
    stem = "nvmlDeviceGetComputeRunningProcesses"
    found = first_that_exists(nvml, (f"{stem}_v3", f"{stem}_v2", stem), handle)
    return {int(one.pid): one.usedGpuMemory for one in found}


def _told(held: Reply) -> dict[int, int] | None:
    """Bytes by process; None where nothing is told, or not of all of them."""
    if held.error or any(used is None or used >= NOT_TOLD for used in held.value.values()):
        return None
    return {pid: int(used) for pid, used in held.value.items()}
