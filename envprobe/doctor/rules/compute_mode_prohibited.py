"""The GPU's compute mode forbids every CUDA program."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in gpus_in_use(examination):
        if gpu.compute_mode == "prohibited":
            yield Seen(
                seen=f"{who(gpu)}: compute mode is prohibited",
                command=smi(examination, gpu, "-c DEFAULT"),
            )


RULE = Rule(
    code="DOC117",
    name="compute-mode-prohibited",
    severity=Severity.ERROR,
    why="No CUDA program can open the GPU.",
    fix="Set the mode back (nvidia-smi -c DEFAULT, as root; in a container, on the host).",
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#compute-modes",
    detect=_detect,
    hits=(lambda: with_gpu(compute_mode="prohibited"),),
    misses=(healthy_gpu, lambda: with_gpu(compute_mode="exclusive_process")),
)
