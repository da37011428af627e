"""A variable bounds the GPU memory that TensorFlow takes."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import number, shown
from envprobe.terms import Severity

VARIABLE = "TF_PER_DEVICE_MEMORY_LIMIT_MB"


def _detect(examination: Examination) -> Iterator[Seen]:
    limit = number(examination, VARIABLE)
    sizes = [gpu.memory_total_bytes for gpu in examination.gpus if gpu.memory_total_bytes]
    if limit and sizes and limit << 20 < min(sizes):
        yield Seen(
            seen=f"{shown(examination, VARIABLE)}; the GPU has {min(sizes) >> 20} MiB",
            command=unset_variable(VARIABLE),
        )


RULE = Rule(
    code="DOC529",
    name="gpu-memory-limited-by-variable",
    severity=Severity.INFO,
    why="TensorFlow says out of memory at that bound, though the GPU has more.",
    fix="Unset it where the program may have the whole GPU.",
    source="https://www.tensorflow.org/guide/gpu#limiting_gpu_memory_growth",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), TF_PER_DEVICE_MEMORY_LIMIT_MB="4096"),),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), TF_PER_DEVICE_MEMORY_LIMIT_MB="0"),
    ),
)
