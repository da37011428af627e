"""Sums of float16 products are kept in float16, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

# tensorflow/core/util/use_cudnn.cc: 0 is off, and whatever else is on.
ON_GPU = (
    "TF_FP16_MATMUL_USE_FP32_COMPUTE",
    "TF_FP16_CONV_USE_FP32_COMPUTE",
    "TF_FP16_RNN_USE_FP32_COMPUTE",
)
ON_CPU = "TF_CONV2D_USE_FP16_ACCUMULATE"  # tensorflow/core/kernels/conv_2d.h


def _detect(examination: Examination) -> Iterator[Seen]:
    environ = examination.environ
    told = [name for name in ON_GPU if examination.gpus and environ.get(name) == "0"]
    if environ.get(ON_CPU) == "1":
        told.append(ON_CPU)
    for name in told:
        yield Seen(seen=shown(examination, name), command=unset_variable(name))


RULE = Rule(
    code="DOC530",
    name="half-precision-sums",
    severity=Severity.WARNING,
    why="They lose bits with every term and overflow at 65504, so that losses become infinite or "
    "models learn worse; GPUs without such kernels fail with internal errors.",
    fix="Unset it.",
    source="https://docs.nvidia.com/deeplearning/performance/mixed-precision-training/index.html",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), TF_FP16_MATMUL_USE_FP32_COMPUTE="0"),
        lambda: with_environ(healthy_cpu(), TF_CONV2D_USE_FP16_ACCUMULATE="1"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), TF_FP16_MATMUL_USE_FP32_COMPUTE="1"),
        lambda: with_environ(healthy_cpu(), TF_FP16_MATMUL_USE_FP32_COMPUTE="0"),
    ),
)
