"""The cuDNN that TensorFlow runs with has no code for the GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_gpu, with_library
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import cuda_of_build, cudnn_of_build, runs_cuda
from envprobe.doctor.rules._gpu_code import is_ignored, shown_gpus
from envprobe.doctor.rules._libraries import used_cudnn
from envprobe.facts.cudnn import cudnn_supports
from envprobe.facts.library_wheels import library_wheels
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    major = (cuda_of_build(examination) or "").partition(".")[0]
    wanted = (cudnn_of_build(examination) or "").partition(".")[0]
    cudnn = used_cudnn(examination, wanted) if runs_cuda(examination) else None
    if cudnn is None or not re.fullmatch(r"\d+(\.\d+){2,3}", cudnn.version or "") or not major:
        return
    version = str(cudnn.version)
    for gpus in shown_gpus(examination):
        if is_ignored(examination, gpus.capability):
            continue
        support = cudnn_supports(version, gpus.capability, major)
        if isinstance(support, Unknown) or (support.supported and support.binary != "ptx"):
            continue
        other = _other(f"nvidia-cudnn-cu{major}", wanted, gpus.numbers)
        yield Seen(
            severity=Severity.WARNING if support.supported else None,
            seen=f"cuDNN {version} ({cudnn.path}) has "
            f"{'only PTX' if support.supported else 'no code'} for {gpus.who}",
            fix=f"Install cuDNN {other}, which has code for it." if other else None,
            command=install(examination, f"nvidia-cudnn-cu{major}=={other}") if other else None,
        )


def _other(package: str, major: str, gpu: tuple[int, int]) -> str | None:
    """The newest wheel of the same major version with machine code for the GPU."""
    wheels = [w for w in library_wheels(package) if w.version.startswith(f"{major}.")]
    return next((w.version for w in reversed(wheels) if w.binary_for(gpu) == "sass"), None)


def _with_cudnn(machine: Examination, version: str) -> Examination:
    return with_library(machine, "cudnn", version=version)


RULE = Rule(
    code="DOC262",
    name="cudnn-without-gpu",
    severity=Severity.ERROR,
    why="The GPU is listed and plain ops work; convolutions, recurrent layers and normalization "
    "fail (CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH, DNN library initialization failed). With PTX "
    "alone they work, slower and after minutes of compiling.",
    fix="Install a cuDNN of the same major version that has code for the GPU.",
    source="kernels_matrix/facts/library_wheels.csv",
    detect=_detect,
    hits=(
        lambda: _with_cudnn(with_gpu(healthy_gpu(), "Tesla V100-SXM2-16GB", "7.0"), "9.12.0.46"),
        lambda: _with_cudnn(with_gpu(healthy_gpu(), "Tesla P100-PCIE-16GB", "6.0"), "9.14.0.64"),
        lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0"),
    ),
    misses=(
        lambda: with_gpu(healthy_gpu(), "Tesla V100-SXM2-16GB", "7.0"),
        lambda: _with_cudnn(with_gpu(healthy_gpu(), "NVIDIA B200", "10.0"), "9.12.0.46"),
        lambda: _with_cudnn(with_gpu(healthy_gpu(), "Tesla V100-SXM2-16GB", "7.0"), "9.99.0.1"),
    ),
)
