"""The GPU lets one process at a time open it."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.inventory import GpuProcess
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        # With a process on it the second one fails already (gpu-taken).
        taken = any(one.kind == "compute" for one in gpu.processes or ())
        if (gpu.compute_mode or "").startswith("exclusive") and not taken:
            yield Seen(
                seen=f"{who(gpu)}: compute mode is {gpu.compute_mode}",
                command=smi(examination, gpu, "-c DEFAULT"),
            )


RULE = Rule(
    code="DOC127",
    name="compute-mode-exclusive",
    severity=Severity.INFO,
    why="The second program on the GPU fails with CUDA_ERROR_DEVICE_UNAVAILABLE: a notebook that "
    "was left open, another worker, a second job.",
    fix="It is often meant so (batch systems). Else set the mode back: nvidia-smi -c DEFAULT.",
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#compute-modes",
    detect=_detect,
    hits=(lambda: with_gpu(compute_mode="exclusive_process"),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(
            compute_mode="exclusive_process", processes=(GpuProcess(pid=4242, kind="compute"),)
        ),
    ),
)
