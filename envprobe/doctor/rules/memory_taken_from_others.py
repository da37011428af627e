"""Others compute on the GPU whose memory TensorFlow will take as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.doctor.rules.memory_growth_not_understood import VARIABLE
from envprobe.inventory.gpu import GpuProcess
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    allocator = examination.environ.get("TF_GPU_ALLOCATOR")
    if VARIABLE in examination.environ or allocator == "cuda_malloc_async":
        return
    for gpu in gpus_in_use(examination):
        others = [process for process in gpu.processes or () if process.kind == "compute"]
        if others and gpu.compute_mode == "default":
            named = ", ".join(f"{one.pid} ({one.name or 'name unknown'})" for one in others[:3])
            yield Seen(
                seen=f"GPU {gpu.nvml_index} is shared with process {named}; {VARIABLE} is not set",
                command=set_variable(VARIABLE, "true"),
            )


def _shared(kind: str) -> Examination:
    process = GpuProcess(pid=4711, kind=kind, memory_bytes=1 << 30, name="python3")
    return changed(healthy_gpu(), "inventory.nvml.gpus.0.processes", (process,))


RULE = Rule(
    code="DOC505",
    name="memory-taken-from-others",
    severity=Severity.INFO,
    why="TensorFlow takes nearly all of the memory that is free when it starts: the others fail "
    "(CUDA_ERROR_OUT_OF_MEMORY) as soon as they need more.",
    fix="Let it take memory as it is needed.",
    source="https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth",
    detect=_detect,
    hits=(lambda: _shared("compute"),),
    misses=(
        healthy_gpu,
        lambda: _shared("graphics"),
        lambda: with_environ(_shared("compute"), TF_FORCE_GPU_ALLOW_GROWTH="true"),
    ),
)
