"""The driver in the examined process: its CUDA, and a forward-compatibility package before it."""

from __future__ import annotations

from pathlib import PurePosixPath

from envprobe.doctor.examination import Examination
from envprobe.doctor.rules._build import cuda_of_build, driver_system, runs_cuda
from envprobe.facts.cuda_drivers import DriverFloor, minimum_driver
from envprobe.facts.unknown import Unknown


def driver_floor(examination: Examination) -> DriverFloor | None:
    """What the build's CUDA asks of the driver; None where that cannot be told."""
    cuda = cuda_of_build(examination)
    if cuda is None or not runs_cuda(examination):
        return None
    floor = minimum_driver(cuda, driver_system(examination))
    return None if isinstance(floor, Unknown) else floor


def forward_compatibility(examination: Examination) -> str | None:
    """The path of a libcuda out of NVIDIA's package cuda-compat, where the loader takes it.

    The package installs into a folder `compat` of the toolkit.
    """
    report = examination.inventory.tensorflow
    loaded = [one.path for one in report.loaded if one.soname == "libcuda.so.1"] if report else []
    on_disk = [
        library.path
        for library in examination.inventory.software.libraries or ()
        if library.name == "cuda" and library.order == 0
    ]
    found = (loaded or on_disk)[:1]
    return next((path for path in found if "compat" in PurePosixPath(path).parent.parts), None)


def driver_is_readable(version: str | None) -> bool:
    """Whether the driver's version is numbers that compare."""
    return version is not None and all(part.isdigit() for part in version.split("."))
