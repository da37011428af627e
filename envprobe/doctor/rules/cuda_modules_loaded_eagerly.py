"""CUDA loads all kernels at the start, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import VARIABLES_OF_CUDA, shown
from envprobe.terms import Severity

VARIABLE = "CUDA_MODULE_LOADING"


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.gpus and examination.environ.get(VARIABLE, "").strip().upper() == "EAGER":
        yield Seen(seen=shown(examination, VARIABLE), command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC513",
    name="cuda-modules-loaded-eagerly",
    severity=Severity.INFO,
    why="Every kernel of TensorFlow, cuDNN and cuBLAS is put on the GPU, needed or not: some "
    "hundred MiB of its memory less, and a slower start.",
    fix="Unset it: LAZY is the default of current drivers.",
    source=VARIABLES_OF_CUDA,
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), CUDA_MODULE_LOADING="EAGER"),),
    misses=(
        lambda: with_environ(healthy_gpu(), CUDA_MODULE_LOADING="LAZY"),
        lambda: with_environ(healthy_cpu(), CUDA_MODULE_LOADING="EAGER"),
    ),
)
