"""The cuDNN that is installed is of another major version than TensorFlow loads."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_gpu, with_library, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import computes_on_gpu, cuda_of_build, cudnn_of_build
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    built = cudnn_of_build(examination) or ""
    major, cuda = built.partition(".")[0], (cuda_of_build(examination) or "").partition(".")[0]
    libraries = examination.inventory.software.libraries
    if not (major and libraries and computes_on_gpu(examination)):
        return
    wanted = f"libcudnn.so.{major}"
    found = [one for one in libraries if one.name == "cudnn" and one.order is not None]
    if not found or any(one.soname == wanted for one in found) or _loaded(examination, wanted):
        return
    names = ", ".join(f"{one.path} ({one.version or one.soname})" for one in found)
    yield Seen(
        seen=f"TensorFlow {examination.tensorflow} loads {wanted}; there is only {names}",
        command=install(examination, f"nvidia-cudnn-cu{cuda}>={built},<{int(major) + 1}")
        if cuda
        else None,
    )


def _loaded(examination: Examination, soname: str) -> bool:
    report = examination.inventory.tensorflow
    return any(one.soname == soname for one in (report.loaded if report else ()))


def _only_cudnn_8() -> Examination:
    path = f"{SITE}/nvidia/cudnn/lib/libcudnn.so.8"
    machine = without_start(healthy_gpu())
    return with_library(machine, "cudnn", soname="libcudnn.so.8", path=path, version="8.9.7.29")


RULE = Rule(
    code="DOC264",
    name="cudnn-of-other-major",
    severity=Severity.ERROR,
    why="The name of the library carries its major version: TensorFlow does not find it, skips all "
    "GPUs (Cannot dlopen some GPU libraries) and trains on the CPU. 2.18 and newer load "
    "libcudnn.so.9, older ones libcudnn.so.8.",
    fix="Install the cuDNN of that major version.",
    source="https://www.tensorflow.org/install/source#gpu",
    detect=_detect,
    hits=(_only_cudnn_8,),
    misses=(
        healthy_gpu,
        lambda: changed(without_start(healthy_gpu()), "inventory.software.libraries", None),
        lambda: changed(without_start(healthy_gpu()), "inventory.software.libraries", ()),
    ),
)
