"""A GPU's clock, throttling and other load at one moment, to set beside a timing."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

import msgspec

from envprobe.inventory.gpu import throttle_names
from envprobe.inventory.gpu_questions import QUESTIONS, Reply, reply
from envprobe.inventory.guard import answer_within
from envprobe.inventory.nvml import import_nvml
from envprobe.inventory.unknown import reasons_for

SAMPLE_SECONDS = 1.0


class GpuSample(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of one GPU; each field None with its reason where NVML does not tell it.

    `other_processes` counts those that hold memory and are none of `own_pids`.
    """

    sm_clock_hertz: float | None = None
    throttle_reasons: tuple[str, ...] | None = None
    temperature_celsius: float | None = None
    other_processes: int | None = None
    unknown: dict[str, str] = {}


def gpu_clock_sample(nvml_index: int, *, own_pids: Collection[int] | None = None) -> GpuSample:
    """The GPU's state now; some hundred microseconds after the first call. Never raises.

    NVML stays open between calls, because opening is what costs: the library counts its users.
    `own_pids` are the processes that are not "other": this one and its children by default.
    """
    answer = answer_within(SAMPLE_SECONDS, lambda: ask_sample(import_nvml(), nvml_index), "NVML")
    mine = _own_pids() if own_pids is None else {*own_pids, os.getpid()}
    return parse_sample(answer.value or {}, mine, answer.reason or "NVML was not asked")


def ask_sample(nvml: Any, nvml_index: int) -> dict[str, Reply]:
    """Four questions about one GPU; none of the rest is asked."""
    opened = reply(nvml, nvml.nvmlInit)
    names = ("sm_clock_megahertz", "throttle_reasons", "temperature_celsius", "processes")
    if opened.error:
        return dict.fromkeys(names, opened)
    gpu = reply(nvml, lambda: nvml.nvmlDeviceGetHandleByIndex(nvml_index))
    if gpu.error:
        return dict.fromkeys(names, gpu)
    return {n: reply(nvml, lambda n=n: QUESTIONS[n](nvml, gpu.value)) for n in names}  # type: ignore[misc]


def parse_sample(replies: dict[str, Reply], own_pids: set[int], otherwise: str) -> GpuSample:
    """The replies as a sample."""
    silent = Reply(error=otherwise)
    clock = replies.get("sm_clock_megahertz", silent)
    throttle = replies.get("throttle_reasons", silent)
    heat = replies.get("temperature_celsius", silent)
    processes = replies.get("processes", silent)
    others = [p for p in processes.value or () if p["pid"] not in own_pids]
    values: dict[str, Any] = {
        "sm_clock_hertz": None if clock.error else clock.value * 1e6,
        "throttle_reasons": None if throttle.error else throttle_names(throttle.value),
        "temperature_celsius": None if heat.error else float(heat.value),
        "other_processes": None if processes.error else len(others),
    }
    reasons = {
        "sm_clock_hertz": str(clock.error),
        "throttle_reasons": str(throttle.error),
        "temperature_celsius": str(heat.error),
        "other_processes": str(processes.error),
    }
    return GpuSample(**values, unknown=reasons_for(values, reasons, otherwise))


def _own_pids() -> set[int]:
    import psutil

    me = psutil.Process()
    try:
        return {me.pid, *(child.pid for child in me.children(recursive=True))}
    except psutil.Error:
        return {me.pid}
