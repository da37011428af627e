"""cuDNN is of a lower minor version than the one that TensorFlow was built with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_library, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import computes_on_gpu, cuda_of_build, cudnn_of_build
from envprobe.doctor.rules._libraries import used_cudnn
from envprobe.doctor.rules._pins import required_wheels
from envprobe.facts.cudnn import older_than_built
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    built = cudnn_of_build(examination) or ""
    if not (re.fullmatch(r"\d+\.\d+(\.\d+)*", built) and computes_on_gpu(examination)):
        return
    major = built.partition(".")[0]
    cudnn = used_cudnn(examination, major)
    if cudnn is None or not re.fullmatch(r"\d+(\.\d+)+", cudnn.version or ""):
        return
    if not older_than_built(str(cudnn.version), built):
        return
    cuda = (cuda_of_build(examination) or "").partition(".")[0]
    wheel = examination.package(f"nvidia-cudnn-cu{cuda}")
    if cudnn.distribution is None and wheel and not older_than_built(str(wheel), built):
        yield Seen(
            seen=f"cuDNN {cudnn.version} ({cudnn.path}); TensorFlow {examination.tensorflow} was "
            f"built with {built}",
            fix=f"The wheel that is installed, {wheel}, is new enough: take the folder of the "
            "older one out of LD_LIBRARY_PATH.",
        )
        return
    yield Seen(
        seen=f"cuDNN {cudnn.version} ({cudnn.path}); TensorFlow {examination.tensorflow} was "
        f"built with {built}",
        command=install(examination, f"nvidia-cudnn-cu{cuda}>={built},<{int(major) + 1}")
        if cuda
        else None,
        fix=_fix(examination, str(cudnn.distribution)),
    )


def _fix(examination: Examination, wheel: str) -> str | None:
    """Names the framework that asked for it, where its metadata says so."""
    for one in examination.inventory.software.packages or ():
        asked = required_wheels(one).get(wheel) if one.role == "framework" else None
        if asked:
            return (
                f"{one.name} {one.version} asks for {wheel}{asked}: give it an environment of its "
                "own, and install here the cuDNN that TensorFlow asks for."
            )
    return None


def _with_cudnn(machine: Examination, version: str) -> Examination:
    return with_library(machine, "cudnn", version=version)


RULE = Rule(
    code="DOC263",
    name="cudnn-older-than-built",
    severity=Severity.ERROR,
    why="TensorFlow refuses it at the first convolution: Loaded runtime CuDNN library … but source "
    "was compiled with …; CuDNN library needs to have matching major version and equal or higher "
    "minor version.",
    fix="Install the cuDNN that it was built with, or a newer one of the same major version. "
    "PyTorch in the same environment often pins an older one: give it an environment of its own.",
    source="https://github.com/tensorflow/tensorflow/issues/60913",
    detect=_detect,
    hits=(lambda: _with_cudnn(healthy_gpu(), "9.1.0.70"),),
    misses=(
        lambda: _with_cudnn(healthy_gpu(), "9.10.2.21"),
        lambda: _with_cudnn(with_release(healthy_gpu(), "2.17.1"), "9.1.0.70"),
        lambda: _with_cudnn(healthy_gpu(), "unknown"),
    ),
)
