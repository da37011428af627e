"""TF_GPU_THREAD_MODE has a value with which TensorFlow makes no GPU device."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLE = "TF_GPU_THREAD_MODE"
KNOWN = ("global", "gpu_private", "gpu_shared")


def _detect(examination: Examination) -> Iterator[Seen]:
    value = examination.environ.get(VARIABLE)
    # It is compared after it was turned into small letters.
    if examination.gpus and value is not None and value.lower() not in KNOWN:
        yield Seen(seen=shown(examination, VARIABLE), command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC508",
    name="gpu-thread-mode-invalid",
    severity=Severity.ERROR,
    why="TensorFlow refuses to make its GPU device (InvalidArgumentError: Invalid "
    "gpu_thread_mode), at the first op of the program.",
    fix="Write global, gpu_private or gpu_shared, or unset it.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/common_runtime/"
    "gpu/gpu_device.cc",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), TF_GPU_THREAD_MODE="private"),),
    misses=(
        lambda: with_environ(healthy_gpu(), TF_GPU_THREAD_MODE="gpu_private"),
        lambda: with_environ(healthy_cpu(), TF_GPU_THREAD_MODE="private"),
    ),
)
