"""The GPU is for one process at a time, and a process has it."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.inventory import GpuProcess
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in gpus_in_use(examination):
        # One that draws (the display's) has no CUDA context, which is what the mode counts.
        holders = [one for one in gpu.processes or () if one.kind == "compute"]
        if (gpu.compute_mode or "").startswith("exclusive") and holders:
            yield Seen(
                seen=f"{who(gpu)}: mode {gpu.compute_mode}, and process {holders[0].pid} has it",
                command=smi(examination, gpu, "-c DEFAULT"),
            )


def _taken(kind: str = "compute", mode: str = "exclusive_process") -> Examination:
    return with_gpu(compute_mode=mode, processes=(GpuProcess(pid=4242, kind=kind),))


RULE = Rule(
    code="DOC118",
    name="gpu-taken",
    severity=Severity.ERROR,
    why="A second process cannot open the GPU (CUDA_ERROR_DEVICE_UNAVAILABLE).",
    fix="Wait for it, end it, or set the mode back (nvidia-smi -c DEFAULT, as root; in a "
    "container, on the host).",
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#compute-modes",
    detect=_detect,
    hits=(_taken,),
    misses=(healthy_gpu, lambda: _taken(mode="default"), lambda: _taken(kind="graphics")),
)
