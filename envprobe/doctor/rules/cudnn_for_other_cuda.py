"""The cuDNN that TensorFlow takes was made for another major version of CUDA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_library, with_package, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import computes_on_gpu, cuda_of_build, cudnn_of_build
from envprobe.doctor.rules._libraries import used_cudnn
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    cuda = (cuda_of_build(examination) or "").partition(".")[0]
    built = cudnn_of_build(examination) or ""
    major = built.partition(".")[0]
    cudnn = used_cudnn(examination, major) if computes_on_gpu(examination) else None
    made_for = re.fullmatch(r"nvidia-cudnn-cu(\d+)", (cudnn and cudnn.distribution) or "")
    right = f"nvidia-cudnn-cu{cuda}"
    # With both wheels installed the files are mixed: cudnn-wheels-clash tells that.
    if cudnn is None or made_for is None or not cuda or made_for[1] == cuda:
        return
    if examination.package(right) is not None:
        return
    yield Seen(
        seen=f"{cudnn.path} is of {made_for[0]}; TensorFlow {examination.tensorflow} was built "
        f"with CUDA {cuda}",
        command=then(
            uninstall(examination, made_for[0]),
            install(examination, f"{right}>={built},<{int(major) + 1}"),
        ),
    )


def _of_wheel(name: str) -> Examination:
    machine = with_package(without_start(healthy_gpu()), "nvidia-cudnn-cu12", None)
    machine = with_package(machine, name, "9.10.2.21")
    return with_library(machine, "cudnn", distribution=name)


RULE = Rule(
    code="DOC265",
    name="cudnn-for-other-cuda",
    severity=Severity.ERROR,
    why="Its libraries have the same names for every CUDA, so it is loaded; then it looks for the "
    "libraries of its own CUDA, and the first convolution fails with "
    "CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED or crashes.",
    fix="Install the cuDNN of the CUDA that TensorFlow was built with.",
    source="https://docs.nvidia.com/deeplearning/cudnn/backend/latest/reference/support-matrix.html",
    detect=_detect,
    hits=(lambda: _of_wheel("nvidia-cudnn-cu11"), lambda: _of_wheel("nvidia-cudnn-cu13")),
    misses=(healthy_gpu, lambda: _of_wheel("nvidia-cudnn-cu12")),
)
