"""TF_GPU_ALLOCATOR names no allocator that TensorFlow has."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLE = "TF_GPU_ALLOCATOR"
KNOWN = ("", "cuda_malloc_async", "cuda_malloc", "memory_guard")


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.gpus and examination.environ.get(VARIABLE, "") not in KNOWN:
        yield Seen(
            seen=shown(examination, VARIABLE),
            command=set_variable(VARIABLE, "cuda_malloc_async"),
        )


RULE = Rule(
    code="DOC506",
    name="gpu-allocator-not-understood",
    severity=Severity.WARNING,
    why="Whatever is not cuda_malloc_async, cuda_malloc or memory_guard, spelled like that, is "
    "passed over without a word: TensorFlow keeps its usual allocator.",
    fix="Write cuda_malloc_async, or unset it.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/common_runtime/"
    "gpu/gpu_process_state.cc",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), TF_GPU_ALLOCATOR="cudaMallocAsync"),),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), TF_GPU_ALLOCATOR="cuda_malloc_async")),
)
