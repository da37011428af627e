"""The driver is older than the CUDA of the build, inside of minor-version compatibility."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules import driver_refuses_ptx_of_build
from envprobe.doctor.rules._driver import driver_floor, driver_is_readable, forward_compatibility
from envprobe.terms import Severity

DRIVER = "inventory.nvml.driver_version"


def _detect(examination: Examination) -> Iterator[Seen]:
    driver, floor = examination.inventory.nvml.driver_version, driver_floor(examination)
    if driver is None or floor is None or not driver_is_readable(driver):
        return
    if forward_compatibility(examination) or floor.reach(driver) != "without_ptx":
        return
    if any(driver_refuses_ptx_of_build.RULE.findings(examination)):
        return
    yield Seen(
        seen=f"driver {driver}; TensorFlow {examination.tensorflow} was built with CUDA "
        f"{floor.cuda}, which brings {floor.full_from} and runs from {floor.floor} on",
        fix=f"Install driver {floor.full_from} or newer, if such an error is met.",
    )


def _with_driver(machine: Examination, driver: str, cuda: str) -> Examination:
    machine = changed(machine, "inventory.nvml.cuda_driver_version", cuda)
    return changed(machine, DRIVER, driver)


RULE = Rule(
    code="DOC252",
    name="driver-older-than-cuda",
    severity=Severity.INFO,
    why="TensorFlow's own kernels run. What is compiled to PTX by this or a newer CUDA, such as "
    "an op of your own, fails with CUDA_ERROR_UNSUPPORTED_PTX_VERSION; XLA compiles with ptxas "
    "instead, where that is found.",
    fix="Install a newer driver, if such an error is met.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    detect=_detect,
    hits=(lambda: _with_driver(healthy_gpu(), "535.104.05", "12.2"),),
    misses=(
        healthy_gpu,
        lambda: _with_driver(healthy_gpu(), "470.82.01", "11.4"),
        lambda: _with_driver(
            with_gpu(healthy_gpu(), "NVIDIA H100 80GB HBM3", "9.0"), "535.104.05", "12.2"
        ),
    ),
)
