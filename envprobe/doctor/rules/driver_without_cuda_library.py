"""The driver is installed without its library for CUDA."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container, driver_libraries, lists_gpus
from envprobe.inventory.nvml import branch
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    libraries = examination.inventory.software.libraries or ()
    # Where the driver's other library is not found, the search did not reach its folder.
    reached = any(x.name == "nvidia-ml" and x.order is not None for x in libraries)
    if not examination.gpus or not reached or lists_gpus(examination):
        return
    if container(examination) is None and not driver_libraries(examination):
        version = examination.inventory.nvml.driver_version
        yield Seen(
            seen=f"libnvidia-ml.so.1 of driver {version or 'unknown'} and no libcuda.so.1",
            command=_command(examination, version),
        )


def _command(examination: Examination, version: str | None) -> str | None:
    major = branch(version)
    host = examination.inventory.host
    wsl = host.surroundings.wsl not in (None, "none")
    if host.os_id == "ubuntu" and major is not None and not wsl:
        # With --reinstall: the package that lacks the file may be there already.
        return as_root(f"apt-get install --reinstall libnvidia-compute-{major}")
    return None


def _without(*names: str) -> Examination:
    one = changed(healthy_gpu(), "inventory.tensorflow.devices", ())
    kept = tuple(x for x in one.inventory.software.libraries or () if x.name not in names)
    return changed(one, "inventory.software.libraries", kept)


RULE = Rule(
    code="DOC153",
    name="driver-without-cuda-library",
    severity=Severity.ERROR,
    why="Distributions cut the driver into packages: nvidia-smi can be there without libcuda.so.1, "
    "and TensorFlow then says that it finds no CUDA driver and runs on the CPU.",
    fix="Install the package with libcuda.so.1: libnvidia-compute-NNN (Ubuntu), libcuda1 (Debian), "
    "nvidia-driver-cuda (RHEL, Fedora).",
    source="https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/",
    detect=_detect,
    hits=(lambda: _without("cuda"),),
    misses=(healthy_gpu, lambda: _without("cuda", "nvidia-ml")),
)
