"""CUDA's forward-compatibility package stands before the driver's own libcuda."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._driver import forward_compatibility
from envprobe.doctor.rules._gpu_code import shown_gpus
from envprobe.inventory.libraries import Library
from envprobe.terms import Severity

COMPAT = "/usr/local/cuda/compat/libcuda.so.1"


def _detect(examination: Examination) -> Iterator[Seen]:
    path = forward_compatibility(examination)
    if path is None:
        return
    driver = examination.inventory.nvml.driver_version or "of unknown version"
    consumer = [gpus for gpus in shown_gpus(examination) if "GeForce" in gpus.name]
    if consumer:
        yield Seen(
            severity=Severity.ERROR,
            seen=f"libcuda.so.1 is {path}, before that of driver {driver}; {consumer[0].who}",
            why="The package works on data-center GPUs and some of the RTX workstation GPUs: on a "
            "GeForce CUDA fails with CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE, and TensorFlow "
            "lists no GPU.",
            fix="Take the folder out of LD_LIBRARY_PATH and the loader's configuration, and "
            "install a newer driver instead.",
        )
    elif shown_gpus(examination):
        yield Seen(seen=f"libcuda.so.1 is {path}, before that of driver {driver}")


def _with_compat(machine: Examination, order: int | None = 0) -> Examination:
    others = [one for one in machine.inventory.software.libraries or () if one.name != "cuda"]
    library = Library(
        name="cuda", soname="libcuda.so.1", path=COMPAT, source="LD_LIBRARY_PATH", order=order
    )
    return changed(without_start(machine), "inventory.software.libraries", (*others, library))


RULE = Rule(
    code="DOC253",
    name="forward-compatibility-in-use",
    severity=Severity.INFO,
    why="The CUDA that runs is that of the package, not of the driver that nvidia-smi names: on a "
    "newer driver than the package it holds CUDA back, or fails to start.",
    fix="Remove it once the driver itself is new enough.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html",
    detect=_detect,
    hits=(
        lambda: _with_compat(healthy_gpu()),
        lambda: _with_compat(with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 3090", "8.6")),
    ),
    misses=(healthy_gpu, lambda: _with_compat(healthy_gpu(), order=None)),
)
