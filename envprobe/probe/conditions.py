"""What else the machine did while a cell was timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from envprobe.inventory import gpu_clock_sample
from envprobe.matrix.cell import TimingConditions
from envprobe.matrix.matrix import Device


class Conditions:
    """Observes the machine while `observed` runs; `seen` sums up all of these times."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._others_seconds = 0.0
        self._seconds = 0.0
        self._gpu: TimingConditions | None = None

    @contextmanager
    def observed(self, worker_pid: int | None) -> Iterator[None]:
        """Count the load of all processes but this one and the worker inside the block."""
        began, busy, own = time.monotonic(), _busy_seconds(), _own_seconds(worker_pid)
        try:
            yield
        finally:
            self._seconds += time.monotonic() - began
            others = _busy_seconds() - busy - (_own_seconds(worker_pid) - own)
            self._others_seconds += max(0.0, others)
            if self._device.nvml_index is not None:
                self._gpu = _gpu_conditions(self._device.nvml_index)

    def seen(self) -> TimingConditions:
        """The load of other processes as a share of all cores, and the GPU's state at the end."""
        cores = psutil.cpu_count() or 1
        load = min(1.0, self._others_seconds / (self._seconds * cores)) if self._seconds else None
        gpu = self._gpu or TimingConditions()
        return TimingConditions(
            cpu_load=None if load is None else round(load, 3),
            sm_clock_hertz=gpu.sm_clock_hertz,
            throttle_reasons=gpu.throttle_reasons,
            temperature_celsius=gpu.temperature_celsius,
            gpu_other_processes=gpu.gpu_other_processes,
        )


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    guest = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # in user already
    return float(sum(times) - idle - guest)


def _own_seconds(worker_pid: int | None) -> float:
    """CPU time of this process and of the worker so far."""
    total = 0.0
    for pid in (None, worker_pid):
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.Error:  # it ended just now
            continue
        total += times.user + times.system
    return total


def _gpu_conditions(nvml_index: int) -> TimingConditions:
    sample = gpu_clock_sample(nvml_index)
    return TimingConditions(
        sm_clock_hertz=sample.sm_clock_hertz,
        throttle_reasons=sample.throttle_reasons,
        temperature_celsius=sample.temperature_celsius,
        gpu_other_processes=sample.other_processes,
    )
