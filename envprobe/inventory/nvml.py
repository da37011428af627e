"""NVML: the driver, every GPU, and the state NVML itself is in.

pynvml (nvidia-ml-py) loads `libnvidia-ml.so.1` by that name through the loader's search order
and looks each call up when it is first made, so an old driver fails call by call.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any

import msgspec

from envprobe.inventory.gpu import Gpu, parse_gpu
from envprobe.inventory.gpu_questions import (
    ERROR_TEXTS,
    FUNCTION_NOT_FOUND,
    NO_PERMISSION,
    QUESTIONS,
    Reply,
    reply,
    text,
)
from envprobe.inventory.guard import Question
from envprobe.inventory.pci import ClosedNode
from envprobe.inventory.unknown import reasons_for

# Initialising NVML without persistence mode loads the driver: up to some seconds on 8 GPUs.
NVML_SECONDS = 10.0
STATES = {9: "driver_not_loaded", 12: "absent", FUNCTION_NOT_FOUND: "too_old"}
STATES |= {18: "version_mismatch", NO_PERMISSION: "no_permission", 15: "gpu_lost"}


class Nvml(msgspec.Struct, frozen=True, kw_only=True):
    """NVML's state and what it told.

    state   `ok`, `absent` (no libnvidia-ml.so.1), `no_binding` (the module pynvml is missing),
            `too_old`, `version_mismatch`, `driver_not_loaded`, `no_permission`, `gpu_lost`,
            `timed_out` (what was answered before is kept), `failed`
    reason  what NVML said; None when the state is `ok`
    cuda_driver_version    the newest CUDA that the driver supports, `12.4`: not the one in use
    kernel_module_version  of the loaded kernel module; differs from `driver_version` only when
                           the user-space library was updated without a reload
    device_nodes           names in /dev through which GPUs are opened (`nvidia0`, WSL's `dxg`)
    closed_nodes           those of them that this user may not open
    """

    state: str
    reason: str | None = None
    driver_version: str | None = None
    nvml_version: str | None = None
    cuda_driver_version: str | None = None
    kernel_module_version: str | None = None
    device_nodes: tuple[str, ...] = ()
    closed_nodes: tuple[ClosedNode, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    unknown: dict[str, str] = {}


@dataclass
class NvmlAnswer:
    """NVML's replies, unread. The asking thread fills it, so that a hang keeps what came before."""

    opened: Reply | None = None
    finished: bool = False
    current: str = "nvmlInit"
    system: dict[str, Reply] = field(default_factory=dict)
    gpus: list[dict[str, Reply]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def copy(self) -> NvmlAnswer:
        """What has been answered up to now; the asking thread may still be writing."""
        with self.lock:
            return NvmlAnswer(
                opened=self.opened,
                finished=self.finished,
                current=self.current,
                system=dict(self.system),
                gpus=[dict(replies) for replies in self.gpus],
            )


def import_nvml() -> Any:
    """The module `pynvml`. Raises ImportError where nvidia-ml-py is not installed."""
    import pynvml

    return pynvml


def ask_nvml(nvml: Any, answer: NvmlAnswer) -> None:
    """Puts every question, one at a time, and writes each reply into `answer` as it comes."""
    _put(answer, "opened", nvml, nvml.nvmlInit)
    if answer.opened is None or answer.opened.error:
        answer.finished = True
        return
    questions = {
        "driver_version": lambda: text(nvml.nvmlSystemGetDriverVersion()),
        "nvml_version": lambda: text(nvml.nvmlSystemGetNVMLVersion()),
        "cuda_driver_version": lambda: int(nvml.nvmlSystemGetCudaDriverVersion()),
        "gpu_count": lambda: int(nvml.nvmlDeviceGetCount()),
    }
    for name, ask in questions.items():
        _put(answer, name, nvml, ask)
    for index in range(answer.system["gpu_count"].value or 0):
        _ask_gpu(nvml, answer, index)
    answer.finished = True
    reply(nvml, nvml.nvmlShutdown)


def _put(answer: NvmlAnswer, name: str, nvml: Any, ask: Any) -> None:
    answer.current = "nvmlInit" if name == "opened" else name
    came = reply(nvml, ask)
    with answer.lock:
        if name == "opened":
            answer.opened = came
        else:
            answer.system[name] = came


def _ask_gpu(nvml: Any, answer: NvmlAnswer, index: int) -> None:
    replies: dict[str, Reply] = {}
    with answer.lock:
        answer.gpus.append(replies)
    answer.current = f"the handle of GPU {index}"
    handle = reply(nvml, lambda: nvml.nvmlDeviceGetHandleByIndex(index))
    if handle.error:
        with answer.lock:
            replies["handle"] = handle
        return
    for name, ask in QUESTIONS.items():
        answer.current = f"{name} of GPU {index}"
        came = reply(nvml, lambda ask=ask: ask(nvml, handle.value))  # type: ignore[misc]
        with answer.lock:
            replies[name] = came


def ask_nvml_within(seconds: float, nvml: Any | None = None) -> NvmlAnswer:
    """NVML's replies after at most `seconds`. Never raises.

    The calls are made in a thread that is left behind when one hangs: NVML waits in the kernel
    while a GPU is being reset or has crashed.
    """
    answer = NvmlAnswer()
    try:
        module = nvml if nvml is not None else import_nvml()
    except ImportError as error:
        return NvmlAnswer(opened=Reply(error=f"no module pynvml: {error}", code=-1), finished=True)
    question = Question(lambda: ask_nvml(module, answer), "NVML")
    failed = question.within(seconds).reason
    copy = answer.copy()
    if failed and copy.opened is None and "did not answer" not in failed:
        return NvmlAnswer(opened=Reply(error=failed, code=999), finished=True)
    return copy


def parse_nvml(answer: NvmlAnswer, kernel_module: str | None) -> Nvml:
    """The replies as fields. GPUs get their CUDA index later, from `cuda_visible`."""
    silent = f"NVML did not answer in time: it hung at {answer.current}"
    opened = answer.opened or Reply(error=silent)
    state, reason = _state(answer, opened, silent)
    system = {n: answer.system.get(n, Reply(error=reason or silent)) for n in SYSTEM}
    values = {name: system[name].value for name in ("driver_version", "nvml_version")}
    values["cuda_driver_version"] = cuda_version_name(system["cuda_driver_version"].value)
    values["kernel_module_version"] = kernel_module
    reasons = {name: str(came.error) for name, came in system.items()}
    reasons["kernel_module_version"] = "/proc/driver/nvidia/version cannot be read"
    values["reason"] = reason
    return Nvml(
        state=state,
        gpus=tuple(_gpu(index, replies, silent) for index, replies in enumerate(answer.gpus)),
        unknown=reasons_for(values, reasons, "NVML answers"),
        **values,
    )


SYSTEM = ("driver_version", "nvml_version", "cuda_driver_version", "gpu_count")


def _state(answer: NvmlAnswer, opened: Reply, silent: str) -> tuple[str, str | None]:
    if opened.code == -1:
        return "no_binding", opened.error
    if opened.error and answer.opened is not None:
        return STATES.get(opened.code or 0, "failed"), opened.error
    if not answer.finished:
        return "timed_out", silent
    count = answer.system.get("gpu_count", Reply())
    if count.error:
        return STATES.get(count.code or 0, "failed"), f"NVML cannot count the GPUs: {count.error}"
    return "ok", None


def _gpu(index: int, replies: dict[str, Reply], silent: str) -> Gpu:
    handle = replies.get("handle")
    return parse_gpu(index, replies, str(handle.error) if handle else silent)


def cuda_version_name(number: int | None) -> str | None:
    """12040 -> `12.4` (cuda.h: 1000 * major + 10 * minor)."""
    return f"{number // 1000}.{number % 1000 // 10}" if number else None


def is_lost(gpu: Gpu) -> bool:
    """Whether any question about the GPU was answered with `GPU is lost`."""
    return ERROR_TEXTS[15] in gpu.unknown.values()


def branch(version: str | None) -> int | None:
    """The driver branch: 535 of `535.104.05`."""
    match = re.match(r"\d+", version or "")
    return int(match[0]) if match else None
