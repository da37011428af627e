"""The GPU needs kernels compiled from PTX, and the driver is too old to read that PTX."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._driver import driver_floor, driver_is_readable, forward_compatibility
from envprobe.doctor.rules._gpu_code import code_for, shown_gpus
from envprobe.facts.cuda_drivers import driver_version
from envprobe.facts.ptx_isa import cuda_of_ptx_isa
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity

CUDA = "inventory.nvml.cuda_driver_version"


def _detect(examination: Examination) -> Iterator[Seen]:
    cuda, driver = examination.inventory.nvml.cuda_driver_version, _driver(examination)
    if cuda is None or driver is None or forward_compatibility(examination):
        return
    for gpus in shown_gpus(examination):
        code = code_for(examination, gpus.capability)
        if isinstance(code, Unknown) or not code.compiled_by_driver:
            continue
        isa = max(code.ptx_isa, key=driver_version, default=None)
        needed = cuda_of_ptx_isa(isa) if isa else Unknown("the PTX ISA was not read")
        if isinstance(needed, Unknown) or driver_version(needed) <= driver_version(cuda):
            continue
        yield Seen(
            seen=f"{gpus.who}: {code.compiled_by_driver} of "
            f"{code.compiled_by_driver + code.native + code.unusable} kernel files of TensorFlow "
            f"{code.release} have only PTX {isa} for it, which needs a driver of CUDA {needed}; "
            f"driver {driver} is of CUDA {cuda}",
            fix=f"Install a driver of CUDA {needed} or newer; on data-center GPUs the package "
            f"cuda-compat of CUDA {needed} helps, too.",
        )


def _driver(examination: Examination) -> str | None:
    """The driver, where it is new enough to start CUDA at all (DOC250 tells the other case)."""
    driver, floor = examination.inventory.nvml.driver_version, driver_floor(examination)
    if driver is None or floor is None or not driver_is_readable(driver):
        return None
    return None if floor.reach(driver) == "too_old" else driver


def _hopper(driver: str, cuda: str, release: str = "2.20.0") -> Examination:
    machine = with_gpu(with_release(healthy_gpu(), release), "NVIDIA H100 80GB HBM3", "9.0")
    return changed(changed(machine, "inventory.nvml.driver_version", driver), CUDA, cuda)


RULE = Rule(
    code="DOC251",
    name="driver-refuses-ptx-of-build",
    severity=Severity.ERROR,
    why="Minor-version compatibility holds for machine code, not for PTX: the first such kernel "
    "fails with CUDA_ERROR_UNSUPPORTED_PTX_VERSION (the provided PTX was compiled with an "
    "unsupported toolchain), although the GPU is listed and other kernels work.",
    fix="Install a newer driver.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    detect=_detect,
    hits=(lambda: _hopper("535.104.05", "12.2"), lambda: _hopper("550.54.15", "12.4")),
    misses=(
        lambda: _hopper("555.42.06", "12.5"),
        lambda: _hopper("535.104.05", "12.2", "2.16.2"),
        lambda: changed(
            changed(healthy_gpu(), "inventory.nvml.driver_version", "535.104.05"), CUDA, "12.2"
        ),
    ),
)
