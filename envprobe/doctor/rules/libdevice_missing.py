"""XLA finds no libdevice, the bit code that it links into GPU kernels."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import cuda_of_build, runs_cuda
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    toolkits = examination.inventory.software.toolkits
    if toolkits is None or not examination.gpus or not runs_cuda(examination):
        return
    if not any(toolkit.has_libdevice for toolkit in toolkits):
        yield Seen(
            seen="no toolkit and no nvidia-cuda-nvcc wheel with nvvm/libdevice/libdevice.10.bc",
            command=_command(examination),
        )


def _command(examination: Examination) -> str | None:
    major = (cuda_of_build(examination) or "").partition(".")[0]
    wheels = {"11": "nvidia-cuda-nvcc-cu11", "12": "nvidia-cuda-nvcc-cu12"}
    return install(examination, wheels[major]) if major in wheels else None


def _without_toolkits() -> Examination:
    return changed(healthy_gpu(), "inventory.software.toolkits", ())


RULE = Rule(
    code="DOC222",
    name="libdevice-missing",
    severity=Severity.WARNING,
    why="XLA (jit_compile, which Keras 3 turns on by itself) fails with: libdevice not found.",
    fix="Install the wheel nvidia-cuda-nvcc of the build's CUDA, or name a toolkit's folder: "
    "XLA_FLAGS=--xla_gpu_cuda_data_dir=FOLDER.",
    source="https://github.com/openxla/xla/blob/main/xla/service/gpu/llvm_gpu_backend/"
    "nvptx_libdevice_path.cc",
    detect=_detect,
    hits=(_without_toolkits,),
    misses=(
        healthy_gpu,
        healthy_cpu,
        lambda: changed(healthy_gpu(), "inventory.software.toolkits", None),
    ),
)
