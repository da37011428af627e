"""The GPUs' memory now, and who holds it."""

from __future__ import annotations

from collections.abc import Sequence

from envprobe.diagnose.here.machine import Machine, gpus_here, gpus_unknown
from envprobe.diagnose.here.told_fields import bytes_told, gpu_told
from envprobe.diagnose.result import DiagnosisFinding, Here
from envprobe.diagnose.rules._sizes import amount
from envprobe.inventory import Gpu, GpuProcess
from envprobe.terms import Cause

MOST_TOLD = 3
# The driver and a display keep less than that on any GPU.
SHARE_OF_OTHERS = 0.1


def gpu_memory_here(finding: DiagnosisFinding, machine: Machine) -> Here:
    """Whether what was asked for can fit at all, fits now, or is in others' hands."""
    inventory = machine.inventory
    if inventory is None:
        return Here(answer="unknown", told=machine.unknown)
    gpus = _meant(finding, gpus_here(inventory) or ())
    if not gpus:
        return Here(answer="unknown", told=gpus_unknown(inventory))
    state = "; ".join(_state(gpu, machine) for gpu in gpus[:MOST_TOLD])
    if len(gpus) > MOST_TOLD:
        state += f"; {len(gpus) - MOST_TOLD} more GPUs"
    return _by_size(finding, gpus, state) or _by_holders(finding, gpus, state)


def _meant(finding: DiagnosisFinding, gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """The one that the log names, as CUDA counts them; else those that CUDA shows, else all."""
    wanted = gpu_told(finding)
    named = tuple(gpu for gpu in gpus if gpu.cuda_index is not None and gpu.cuda_index == wanted)
    return named or tuple(gpu for gpu in gpus if gpu.cuda_index is not None) or tuple(gpus)


def _by_size(finding: DiagnosisFinding, gpus: Sequence[Gpu], state: str) -> Here | None:
    total = max((gpu.memory_total_bytes or 0 for gpu in gpus), default=0)
    asked, pool = bytes_told(finding, "asked"), bytes_told(finding, "limit")
    if not total:
        return Here(answer="unknown", told=f"NVML does not tell the size of the memory: {state}")
    if asked and asked > total:
        return Here(answer="confirmed", told=f"{amount(asked)} can never fit: {state}")
    if pool and pool > total:
        told = f"in the log the GPU had at least {amount(pool)}, so it is another one: {state}"
        return Here(answer="unknown", told=told)
    return None


def _by_holders(finding: DiagnosisFinding, gpus: Sequence[Gpu], state: str) -> Here:
    asked = bytes_told(finding, "asked")
    free = max((gpu.memory_free_bytes or 0 for gpu in gpus), default=0)
    if finding.cause is Cause.OOM_GPU_OTHER_PROCESS:
        held = any(_held(gpu) for gpu in gpus)
        told = state if held else f"nobody holds much of it any more: {state}"
        return Here(answer="confirmed" if held else "unknown", told=told)
    if finding.cause is Cause.OOM_GPU and asked and asked > free:
        return Here(answer="confirmed", told=f"{amount(asked)} would not fit now either: {state}")
    return Here(answer="unknown", told=f"the memory as it is now: {state}")


def _held(gpu: Gpu) -> bool:
    used, total = gpu.memory_used_bytes or 0, gpu.memory_total_bytes or 0
    return used > total * SHARE_OF_OTHERS


def _state(gpu: Gpu, machine: Machine) -> str:
    """`GPU 0 (NVIDIA A100) has 40.00 GiB, 3.00 GiB free now; 36.50 GiB held by python (pid 7)`."""
    total, free = gpu.memory_total_bytes, gpu.memory_free_bytes
    name = f"GPU {gpu.nvml_index} ({gpu.name or 'model unknown'})"
    size = f"has {amount(total)}" if total else "does not tell its size"
    left = f", {amount(free)} free now" if free is not None else ""
    return f"{name} {size}{left}{_by_whom(gpu, machine)}"


def _by_whom(gpu: Gpu, machine: Machine) -> str:
    processes = gpu.processes
    if processes is None:
        return "; who holds the rest NVML does not tell"
    if not processes:
        return "; no process is seen that holds any"
    most = sorted(processes, key=lambda one: -(one.memory_bytes or 0))
    told = ", ".join(_holder(one, machine) for one in most[:MOST_TOLD])
    more = f" and {len(most) - MOST_TOLD} more" if len(most) > MOST_TOLD else ""
    return f"; {told}{more}"


def _holder(process: GpuProcess, machine: Machine) -> str:
    """`20.50 GiB held by python (pid 4711, alice)`."""
    name = (process.name or process.kind).replace("\\", "/").rpartition("/")[2].split(" ")[0]
    user = machine.owner(process.pid)
    whose = f"pid {process.pid}, {user}" if user else f"pid {process.pid}"
    size = amount(process.memory_bytes) if process.memory_bytes is not None else "some"
    return f"{size} held by {name} ({whose})"
