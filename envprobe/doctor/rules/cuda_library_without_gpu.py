"""An installed cuBLAS or NCCL has no machine code for the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_gpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import cuda_of_build, runs_cuda
from envprobe.doctor.rules._gpu_code import is_ignored, shown_gpus
from envprobe.facts.library_wheels import library_wheels
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    major = (cuda_of_build(examination) or "").partition(".")[0]
    if not (major and runs_cuda(examination)):
        return
    for package in (f"nvidia-cublas-cu{major}", f"nvidia-nccl-cu{major}"):
        version = examination.package(package)
        wheels = library_wheels(package)
        wheel = next((one for one in wheels if one.version == str(version)), None)
        for gpus in shown_gpus(examination) if wheel else ():
            binary = wheel.binary_for(gpus.numbers) if wheel else "sass"
            if binary == "sass" or is_ignored(examination, gpus.capability):
                continue
            newer = next((w.version for w in wheels if w.binary_for(gpus.numbers) == "sass"), None)
            yield Seen(
                severity=Severity.ERROR if binary == "none" else None,
                seen=f"{package} {version} has {'no code' if binary == 'none' else 'only PTX'} "
                f"for {gpus.who}",
                command=install(examination, f"{package}>={newer},<{int(major) + 1}")
                if newer and package.startswith("nvidia-cublas")
                else None,
            )


RULE = Rule(
    code="DOC261",
    name="cuda-library-without-gpu",
    severity=Severity.WARNING,
    why="With PTX alone the driver compiles the library's kernels at their first use, and the "
    "matrix kernels made for this GPU are missing; without either, every matrix product fails.",
    fix="Install a version that was built for this GPU; within one CUDA major they can be "
    "exchanged.",
    source="kernels_matrix/facts/library_wheels.csv",
    detect=_detect,
    hits=(lambda: with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0"),),
    misses=(
        healthy_gpu,
        lambda: with_package(
            with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 5090", "12.0"),
            "nvidia-cublas-cu12",
            "12.9.3.13",
        ),
    ),
)
