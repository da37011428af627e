"""An installed NVIDIA wheel is not of a version that `tensorflow[and-cuda]` asks for."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu, with_package, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import (
    cudnn_of_other_major,
    cudnn_older_than_built,
    frameworks_pin_other_wheels,
)
from envprobe.doctor.rules._pins import broken_pins
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    told = any(frameworks_pin_other_wheels.RULE.findings(examination))
    cudnn = any(cudnn_older_than_built.RULE.findings(examination)) or any(
        cudnn_of_other_major.RULE.findings(examination)
    )
    broken = [
        pin
        for pin in broken_pins(examination)
        if not (told or (cudnn and pin.package.startswith("nvidia-cudnn-")))
    ]
    for older in (True, False):
        pins = [pin for pin in broken if pin.older is older]
        if pins:
            yield Seen(
                severity=Severity.WARNING if older else Severity.INFO,
                seen=f"TensorFlow {examination.tensorflow}: {', '.join(map(str, pins))}",
                command=install(examination, *(f"{pin.package}{pin.specifier}" for pin in pins)),
            )


RULE = Rule(
    code="DOC267",
    name="and-cuda-pin-violated",
    severity=Severity.WARNING,
    why="TensorFlow was made and tested with what it asks for. An older library may lack a "
    "function that it calls (undefined symbol, Cannot dlopen some GPU libraries); a newer one of "
    "the same major version normally works, and pip complains at every installation.",
    fix="Install what it asks for.",
    source="kernels_matrix/facts/and_cuda_pins.csv",
    detect=_detect,
    hits=(
        lambda: with_package(healthy_gpu(), "nvidia-cublas-cu12", "12.1.3.1"),
        lambda: with_package(with_release(healthy_gpu(), "2.19.1"), "nvidia-nccl-cu12", "2.27.7"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_package(healthy_gpu(), "nvidia-cublas-cu12", "12.9.3.13"),
    ),
)
