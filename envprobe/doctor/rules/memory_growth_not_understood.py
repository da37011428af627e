"""TF_FORCE_GPU_ALLOW_GROWTH has a value that TensorFlow does not read."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLE = "TF_FORCE_GPU_ALLOW_GROWTH"


def _detect(examination: Examination) -> Iterator[Seen]:
    value = examination.environ.get(VARIABLE)
    if not examination.gpus or value is None or value in ("true", "false"):
        return
    meant = "false" if value.strip().lower() in ("0", "false", "no", "off", "") else "true"
    yield Seen(seen=shown(examination, VARIABLE) or VARIABLE, command=set_variable(VARIABLE, meant))


RULE = Rule(
    code="DOC504",
    name="memory-growth-not-understood",
    severity=Severity.WARNING,
    why="Unlike TensorFlow's other switches this one is true or false in small letters; 1, True or "
    "yes change nothing but one line in the log, and TensorFlow takes all of the GPU's memory.",
    fix="Write true or false.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/common_runtime/"
    "gpu/gpu_bfc_allocator.cc",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), TF_FORCE_GPU_ALLOW_GROWTH="1"),
        lambda: with_environ(healthy_gpu(), TF_FORCE_GPU_ALLOW_GROWTH="True"),
    ),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), TF_FORCE_GPU_ALLOW_GROWTH="true")),
)
