"""TensorFlow has machine code for some of the GPU's kernels and only PTX for the others."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
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
        if isinstance(code, Unknown) or code.kind != "sass_and_ptx":
            continue
        yield Seen(
            seen=f"{gpus.who}: {code.compiled_by_driver} of "
            f"{code.compiled_by_driver + code.native} kernel files of TensorFlow {code.release} "
            "have only PTX for it",
            command=set_variable("CUDA_CACHE_MAXSIZE", "4294967296"),
        )


RULE = Rule(
    code="DOC256",
    name="gpu-kernels-partly-compiled",
    severity=Severity.INFO,
    why="Most element-wise ops (those that MLIR generates) are compiled by the driver at their "
    "first use, so that the first steps are slow; TensorFlow does not say so. The driver keeps "
    "what it compiled in CUDA_CACHE_PATH (~/.nv/ComputeCache).",
    fix="Leave out the first steps when measuring; let the cache grow and put it on a disk that "
    "stays.",
    source="kernels_matrix/facts/tensorflow_fatbins.csv",
    detect=_detect,
    hits=(
        lambda: with_gpu(healthy_gpu(), "NVIDIA H100 80GB HBM3", "9.0"),
        lambda: with_release(healthy_gpu(), "2.15.1"),
    ),
    misses=(healthy_gpu, lambda: with_gpu(healthy_gpu(), "NVIDIA L40S", "8.9")),
)
