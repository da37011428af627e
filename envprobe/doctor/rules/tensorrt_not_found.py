"""TensorFlow was built with TensorRT, and TensorRT is not installed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_package, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import runs_cuda
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    if not (runs_cuda(examination) and software.build and software.build.is_tensorrt_build):
        return
    if software.libraries is None or software.packages is None or not examination.gpus:
        return
    there = any(one.name == "nvinfer" for one in software.libraries)
    if not there and not any(one.name.startswith("tensorrt") for one in software.packages):
        yield Seen(seen=f"TensorFlow {examination.tensorflow}, and no libnvinfer.so")


RULE = Rule(
    code="DOC269",
    name="tensorrt-not-found",
    severity=Severity.INFO,
    why="TensorFlow warns of it (TF-TRT Warning: Could not find TensorRT) and needs it for TF-TRT "
    "alone: the message is harmless, and not the reason when a GPU is not listed.",
    fix=None,
    source="https://docs.nvidia.com/deeplearning/frameworks/tf-trt-user-guide/index.html",
    detect=_detect,
    hits=(lambda: with_release(healthy_gpu(), "2.15.1"),),
    misses=(
        healthy_gpu,
        lambda: with_package(with_release(healthy_gpu(), "2.15.1"), "tensorrt-libs", "8.6.1"),
        lambda: changed(
            with_release(healthy_gpu(), "2.15.1"), "inventory.software.libraries", None
        ),
    ),
)
