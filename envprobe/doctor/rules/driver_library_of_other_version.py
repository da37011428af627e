"""libcuda.so.1 is not of the driver whose kernel module is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import (
    container,
    driver_libraries,
    inside,
    with_driver_library,
)
from envprobe.terms import Severity

FOLDER = "/usr/lib/x86_64-linux-gnu"


def is_foreign(examination: Examination) -> bool:
    """Whether the loader's libcuda.so.1 has another version than the kernel module."""
    return any(True for _ in _detect(examination))


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml = examination.inventory.nvml
    module, found = nvml.kernel_module_version, driver_libraries(examination)
    if module is None or not found or found[0].version is None:
        return
    first = found[0]
    if not re.match(r"\d{3}", str(first.version)):
        return  # libcuda.so.1.1 of Jetsons and WSL carries no driver's version
    # NVIDIA's forward compatibility package is newer than the module by design.
    if first.version == module or "compat" in first.path or "/stubs/" in first.path:
        return
    engine = container(examination)
    if nvml.state == "version_mismatch" and engine is None:
        return  # an update without a reload, which has a rule of its own
    yield Seen(
        seen=f"{first.path} is of driver {first.version}, the kernel module is {module}",
        fix="Take the driver's packages (libnvidia-*, libcuda1, nvidia-utils) out of the image: "
        "the container runtime brings those of the host."
        if engine
        else None,
    )


RULE = Rule(
    code="DOC147",
    name="driver-library-of-other-version",
    severity=Severity.ERROR,
    why="The driver's library works with the module of its own version alone: cuInit fails "
    "(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH), and TensorFlow runs on the CPU.",
    fix="Remove the other driver's packages, or the folder with the older library from "
    "LD_LIBRARY_PATH, then run ldconfig.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/",
    detect=_detect,
    hits=(
        lambda: inside(with_driver_library(healthy_gpu(), f"{FOLDER}/libcuda.so.1", "535.104.05")),
        lambda: with_driver_library(healthy_gpu(), "/opt/old/libcuda.so.1", "535.104.05"),
    ),
    misses=(
        healthy_gpu,
        lambda: with_driver_library(
            healthy_gpu(), "/usr/local/cuda-12.9/compat/libcuda.so.1", "575.57.08"
        ),
        lambda: with_driver_library(healthy_gpu(), f"{FOLDER}/libcuda.so.1", None),
        lambda: with_driver_library(healthy_gpu(), f"{FOLDER}/tegra/libcuda.so.1.1", "1.1"),
        lambda: changed(
            with_driver_library(healthy_gpu(), "/opt/old/libcuda.so.1", "535.104.05"),
            "inventory.nvml.state",
            "version_mismatch",
        ),
    ),
)
