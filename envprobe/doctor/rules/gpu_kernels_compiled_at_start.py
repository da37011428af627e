"""TensorFlow has no machine code for the GPU: the driver compiles every kernel from PTX."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, then
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import driver_refuses_ptx_of_build
from envprobe.doctor.rules._gpu_code import code_for, shown_gpus
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if any(driver_refuses_ptx_of_build.RULE.findings(examination)):
        return  # nothing is compiled there
    for gpus in shown_gpus(examination):
        code = code_for(examination, gpus.capability)
        if isinstance(code, Unknown) or code.kind != "ptx":
            continue
        yield Seen(
            seen=f"{gpus.who}: TensorFlow {code.release} has only PTX for it, in "
            f"{code.compiled_by_driver} kernel files",
            command=then(
                set_variable("CUDA_CACHE_MAXSIZE", "4294967296"),
                set_variable("CUDA_CACHE_DISABLE", "0"),
            ),
        )


RULE = Rule(
    code="DOC255",
    name="gpu-kernels-compiled-at-start",
    severity=Severity.WARNING,
    why="The first start takes minutes, up to half an hour, and looks like a hang; so does every "
    "later one when the driver's cache of compiled kernels (CUDA_CACHE_PATH, ~/.nv/ComputeCache) "
    "is too small, lies in a home that cannot be written, or goes with the container.",
    fix="Take a release with machine code for this GPU where there is one; else let the cache grow "
    "and put it on a disk that stays (CUDA_CACHE_PATH).",
    source="https://docs.nvidia.com/cuda/cuda-c-programming-guide/#cuda-environment-variables",
    detect=_detect,
    hits=(
        lambda: with_gpu(with_release(healthy_gpu(), "2.21.0"), "NVIDIA GeForce RTX 5090", "12.0"),
        lambda: with_gpu(with_release(healthy_gpu(), "2.15.1"), "NVIDIA H100 80GB HBM3", "9.0"),
    ),
    misses=(
        lambda: with_gpu(healthy_gpu(), "NVIDIA H100 80GB HBM3", "9.0"),
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 4090", "8.9"),
    ),
)
