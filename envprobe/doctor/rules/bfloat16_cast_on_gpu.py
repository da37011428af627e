"""The GPU has no bfloat16, and TensorFlow casts to float32 and back."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import a_gpu, kinds
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        if kind.precision.tensorflow_bfloat16 == "cast_to_float32":
            half = kind.precision.float16_tensor_cores
            yield Seen(
                seen=f"{kind.who} has no bfloat16",
                fix="Use mixed_float16 here: it has tensor cores for that." if half else None,
            )


RULE = Rule(
    code="DOC402",
    name="bfloat16-cast-on-gpu",
    severity=Severity.INFO,
    why="mixed_bfloat16 runs and is slower than float32: TensorFlow casts the inputs of "
    "convolutions to float32 and the results back. The hardware begins with capability 8.0.",
    fix="Keep float32.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/kernels/"
    "gpu_utils.cc",
    detect=_detect,
    hits=(lambda: a_gpu("Tesla T4", "7.5"), lambda: a_gpu("NVIDIA GeForce GTX 1080", "6.1")),
    misses=(healthy_gpu, lambda: a_gpu("NVIDIA L4", "8.9")),
)
