"""TensorFlow's GPU allocator is replaced by one that is made for hunting errors."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.doctor.rules.gpu_allocator_not_understood import VARIABLE
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.gpus and examination.environ.get(VARIABLE) in ("cuda_malloc", "memory_guard"):
        yield Seen(seen=shown(examination, VARIABLE), command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC507",
    name="gpu-allocator-for-debugging",
    severity=Severity.WARNING,
    why="Every tensor is allocated by the driver, which waits for the GPU, or is surrounded by "
    "guards: training is many times slower.",
    fix="Unset it when you do not hunt a memory error.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/common_runtime/"
    "gpu/gpu_process_state.cc",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), TF_GPU_ALLOCATOR="cuda_malloc"),),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), TF_GPU_ALLOCATOR="cuda_malloc_async")),
)
