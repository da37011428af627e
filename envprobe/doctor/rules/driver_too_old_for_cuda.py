"""The NVIDIA driver is older than the CUDA that TensorFlow was built with can run on."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_release
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import driver_system, python_minor
from envprobe.doctor.rules._driver import driver_floor, driver_is_readable, forward_compatibility
from envprobe.facts.cuda_drivers import minimum_driver
from envprobe.facts.tensorflow_releases import tensorflow_releases
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity

DRIVER = "inventory.nvml.driver_version"


def _detect(examination: Examination) -> Iterator[Seen]:
    driver, floor = examination.inventory.nvml.driver_version, driver_floor(examination)
    if driver is None or floor is None or not driver_is_readable(driver):
        return
    if forward_compatibility(examination) or floor.reach(driver) != "too_old":
        return
    older = _release_for(examination, driver)
    instead = f" Or TensorFlow {older}, whose CUDA runs on it." if older else ""
    yield Seen(
        seen=f"driver {driver}; TensorFlow {examination.tensorflow} was built with CUDA "
        f"{floor.cuda}, which needs {floor.floor} or newer ({floor.system})",
        fix=f"Install driver {floor.full_from or floor.floor} or newer; on data-center GPUs the "
        f"package cuda-compat of CUDA {floor.cuda} helps, too.{instead}",
    )


def _release_for(examination: Examination, driver: str) -> str | None:
    """The newest release that runs on this driver and this Python."""
    system, python = driver_system(examination), python_minor(examination)
    for release in reversed(tensorflow_releases()):
        floor = minimum_driver(release.cuda, system) if release.cuda else None
        if python not in release.pythons["linux_x86_64"] or floor is None:
            continue
        if not isinstance(floor, Unknown) and floor.reach(driver) == "full":
            return release.version
    return None


RULE = Rule(
    code="DOC250",
    name="driver-too-old-for-cuda",
    severity=Severity.ERROR,
    why="CUDA does not start (CUDA driver version is insufficient for CUDA runtime version): "
    "TensorFlow lists no GPU and trains on the CPU.",
    fix="Install a newer driver.",
    source="https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
    detect=_detect,
    hits=(
        lambda: changed(healthy_gpu(), DRIVER, "470.82.01"),
        lambda: changed(with_release(healthy_gpu(), "2.15.1"), DRIVER, "515.48.07"),
    ),
    misses=(
        lambda: changed(healthy_gpu(), DRIVER, "525.60.13"),
        lambda: changed(with_release(healthy_gpu(), "2.14.1"), DRIVER, "470.82.01"),
        lambda: changed(healthy_gpu(), DRIVER, None),
    ),
)
