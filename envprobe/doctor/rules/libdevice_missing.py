"""XLA finds no libdevice, the bit code that it links into GPU kernels."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import from_conda, runs_cuda
from envprobe.doctor.rules._causes import told_by
from envprobe.facts.and_cuda_pins import and_cuda_pins
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    toolkits = examination.inventory.software.toolkits
    if toolkits is None or not examination.gpus or not runs_cuda(examination):
        return
    # Where all of CUDA's libraries are missing, it is one of them; conda's lies in its own folder.
    if from_conda(examination) or told_by(examination, "DOC210", "DOC621"):
        return
    if not any(toolkit.has_libdevice for toolkit in toolkits):
        yield Seen(
            seen="no toolkit and no nvidia-cuda-nvcc wheel with nvvm/libdevice/libdevice.10.bc",
            command=_command(examination),
        )


def _command(examination: Examination) -> str | None:
    """The wheel that the extra asks for; releases without the extra look for none."""
    pins = and_cuda_pins(str(examination.tensorflow))
    compilers = (
        f"{pin.package}{pin.specifier}"
        for pin in (() if isinstance(pins, Unknown) else pins)
        if pin.package.startswith("nvidia-cuda-nvcc-cu")
    )
    wanted = next(compilers, None)
    return install(examination, wanted) if wanted else None


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
