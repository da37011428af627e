"""Kernels that are compiled from PTX are thrown away after every run."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import VARIABLES_OF_CUDA, number, shown
from envprobe.terms import Severity

OFF = "CUDA_CACHE_DISABLE"
SIZE = "CUDA_CACHE_MAXSIZE"
# Since CUDA 11.x; a TensorFlow whose kernels are all compiled takes more than that.
DEFAULT_BYTES = 1 << 30


def _detect(examination: Examination) -> Iterator[Seen]:
    if not examination.gpus:
        return
    size = number(examination, SIZE)
    if examination.environ.get(OFF) == "1":
        yield Seen(seen=shown(examination, OFF), command=unset_variable(OFF))
    elif size is not None and size < DEFAULT_BYTES // 4:
        yield Seen(seen=shown(examination, SIZE), command=unset_variable(SIZE))


RULE = Rule(
    code="DOC523",
    name="kernel-cache-off",
    severity=Severity.INFO,
    why="What the wheel has no machine code for is compiled by the driver, and again at the next "
    "start: from seconds to many minutes, according to the GPU.",
    fix="Unset it, and point CUDA_CACHE_PATH to a disk that can be written.",
    source=VARIABLES_OF_CUDA,
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_gpu(), CUDA_CACHE_DISABLE="1"),
        lambda: with_environ(healthy_gpu(), CUDA_CACHE_MAXSIZE="33554432"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_environ(healthy_gpu(), CUDA_CACHE_MAXSIZE="4294967296"),
        lambda: with_environ(healthy_cpu(), CUDA_CACHE_DISABLE="1"),
    ),
)
