"""TensorFlow's wheel for Linux on Arm has no CUDA code, and there is an NVIDIA GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import machine_of, runs_cuda, system_of
from envprobe.doctor.rules._visible import visibility
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if (system_of(examination), machine_of(examination)) != ("Linux", "aarch64"):
        return
    build = examination.inventory.software.build
    if runs_cuda(examination) or build is None or build.is_cuda_build is None:
        return
    if examination.gpus and visibility(examination).targets != ():
        names = ", ".join(sorted({gpu.name or "model unknown" for gpu in examination.gpus}))
        yield Seen(seen=f"TensorFlow {examination.tensorflow} for aarch64, without CUDA; {names}")


def _on_arm(is_cuda_build: bool) -> Examination:
    machine = with_gpu(without_start(healthy_gpu()), "NVIDIA GH200 480GB", "9.0")
    machine = changed(machine, "inventory.software.build.is_cuda_build", is_cuda_build)
    machine = changed(machine, "inventory.host.machine", "aarch64")
    return changed(machine, "inventory.software.python.platform", "linux-aarch64")


RULE = Rule(
    code="DOC288",
    name="arm-wheel-without-cuda",
    severity=Severity.ERROR,
    why="The wheels for aarch64 hold no CUDA code, with or without the extra [and-cuda]: "
    "TensorFlow trains on the CPU and says nothing of it.",
    fix="Use NVIDIA's container (nvcr.io/nvidia/tensorflow, made for GH200 and Jetson, too), or on "
    "a Jetson the wheel for JetPack.",
    source="https://docs.nvidia.com/deeplearning/frameworks/tensorflow-release-notes/",
    detect=_detect,
    hits=(lambda: _on_arm(False),),
    misses=(
        lambda: _on_arm(True),
        lambda: changed(_on_arm(False), "inventory.nvml.gpus", ()),
        healthy_gpu,
    ),
)
