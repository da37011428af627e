"""What the rules on number formats share: the kinds of device that this machine computes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_gpu
from envprobe.facts.cpu_precision import CpuPrecision, precision_on_cpu
from envprobe.facts.precision_by_capability import GpuPrecision, precision_on
from envprobe.facts.unknown import Unknown

TABLE = "kernels_matrix/facts/precision_by_capability.csv"
CPU_TABLE = "kernels_matrix/facts/cpu_precision.csv"
# Skylake and Cascade Lake servers, and an older desktop.
WITHOUT_BF16 = ("avx", "avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl")
WITHOUT_AVX512 = ("avx", "avx2", "fma", "f16c")


class Kind(NamedTuple):
    """GPUs of one model: `who` as findings name them, and what the formats mean on them."""

    who: str
    name: str
    precision: GpuPrecision


def kinds(examination: Examination) -> Iterator[Kind]:
    """Each model of GPU that TensorFlow will see and the table knows."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for gpu in examination.gpus:
        hidden = gpu.cuda_index is None and "hides" in gpu.unknown.get("cuda_index", "")
        if gpu.compute_capability is not None and not hidden:
            key = (gpu.name or "model unknown", gpu.compute_capability)
            numbers.setdefault(key, []).append(gpu.nvml_index)
    for (name, capability), indexes in numbers.items():
        precision = precision_on(capability, name)
        if not isinstance(precision, Unknown):
            which = ", ".join(map(str, indexes))
            yield Kind(f"GPU {which} ({name}, {capability})", name, precision)


def computes_on_cpu(examination: Examination) -> bool:
    """Whether it is an x86 CPU that does the work here: there is no GPU to be used."""
    inventory = examination.inventory
    devices = inventory.tensorflow.devices if inventory.tensorflow else ()
    other = examination.gpus or any(device.device_type != "CPU" for device in devices)
    return inventory.cpu.architecture == "x86_64" and not other


def uses_onednn(examination: Examination) -> bool | None:
    """Whether TensorFlow's oneDNN kernels are on: its own word, else its rule; None: not known."""
    report = examination.inventory.tensorflow
    told = report.onednn if report else None
    return examination.inventory.cpu.onednn_expected if told is None else told


def on_cpu(examination: Examination, dtype: str) -> CpuPrecision | None:
    """How this CPU computes the dtype; None where that is not known, or a GPU does the work."""
    isa, onednn = examination.inventory.cpu.isa, uses_onednn(examination)
    if not computes_on_cpu(examination) or isa is None or onednn is None:
        return None
    way = precision_on_cpu(dtype, isa, onednn=onednn)
    return None if isinstance(way, Unknown) else way


def model(examination: Examination) -> str:
    """The CPU's name."""
    return examination.inventory.cpu.model or "the CPU"


def a_gpu(name: str, capability: str) -> Examination:
    """The healthy machine with another GPU in it."""
    return with_gpu(healthy_gpu(), name, capability)


def a_cpu(*isa: str, onednn: bool) -> Examination:
    """The healthy machine without a GPU, with a CPU of those instruction sets."""
    one = changed(healthy_cpu(), "inventory.cpu.isa", isa)
    one = changed(one, "inventory.cpu.onednn_expected", onednn)
    return changed(one, "inventory.tensorflow.onednn", onednn)
