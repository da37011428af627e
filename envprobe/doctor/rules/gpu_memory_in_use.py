"""Other processes hold a good part of the GPU's memory."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import who, with_gpu, with_gpus
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.inventory import Gpu, GpuProcess
from envprobe.terms import Severity

# The driver itself and a display keep some hundred MiB; they are on every GPU.
SHARE_OF_OTHERS = 0.1
MUCH = 0.25  # less than that a desktop may take on a small GPU
BUSY = {
    "memory_used_bytes": 30 * GIB,
    "processes": (GpuProcess(pid=4242, kind="compute", name="python", memory_bytes=29 * GIB),),
}


def told_as_taken(gpu: Gpu) -> bool:
    """Whether it is for one process alone, which has it: gpu-taken tells that."""
    exclusive = (gpu.compute_mode or "").startswith("exclusive")
    return exclusive and any(one.kind == "compute" for one in gpu.processes or ())


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in gpus_in_use(examination):
        if _is_shared(gpu) and not told_as_taken(gpu):
            used, total = (gpu.memory_used_bytes or 0) / GIB, (gpu.memory_total_bytes or 0) / GIB
            yield Seen(
                seen=f"{who(gpu)}: {used:.1f} of {total:.1f} GiB are in use{_by_whom(gpu)}",
                severity=None if _hurts(gpu) else Severity.INFO,
                command=_another(examination),
            )


def _is_shared(gpu: Gpu) -> bool:
    total, used = gpu.memory_total_bytes, gpu.memory_used_bytes
    return bool(total and used and used > total * SHARE_OF_OTHERS and gpu.processes != ())


def _hurts(gpu: Gpu) -> bool:
    total, used = gpu.memory_total_bytes or 0, gpu.memory_used_bytes or 0
    return used > total * MUCH or any(one.kind == "compute" for one in gpu.processes or ())


def _by_whom(gpu: Gpu) -> str:
    holders = [f"{one.pid} ({one.name or one.kind})" for one in gpu.processes or ()]
    more = f" and {len(holders) - 3} more" if len(holders) > 3 else ""
    return f", by process {', '.join(holders[:3])}{more}" if holders else ""


def _another(examination: Examination) -> str | None:
    """The first GPU that is known to be free, by its UUID."""
    every = gpus_in_use(examination)
    told = [gpu for gpu in every if gpu.memory_used_bytes is not None and gpu.uuid]
    free = next((gpu.uuid for gpu in told if not _is_shared(gpu)), None)
    return set_variable("CUDA_VISIBLE_DEVICES", free) if free else None


RULE = Rule(
    code="DOC119",
    name="gpu-memory-in-use",
    severity=Severity.WARNING,
    why="TensorFlow takes nearly all the memory that is free when it starts; what others hold is "
    "missing, and timings suffer.",
    fix="End the other processes (nvidia-smi lists them) or choose another GPU.",
    source="https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth",
    detect=_detect,
    hits=(lambda: with_gpu(**BUSY), lambda: with_gpus(BUSY, {})),
    misses=(healthy_gpu, lambda: with_gpu(memory_used_bytes=None, memory_total_bytes=None)),
)
