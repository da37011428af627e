"""In WSL, a Linux driver stands before the one of Windows."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container, driver_libraries, with_driver_library
from envprobe.terms import Severity

OF_WINDOWS = "/usr/lib/wsl/"


def _detect(examination: Examination) -> Iterator[Seen]:
    found = driver_libraries(examination)
    if examination.inventory.host.surroundings.wsl != "wsl2" or not found:
        return
    # In a container on WSL the runtime mounts the library elsewhere.
    if found[0].path.startswith(OF_WINDOWS) or container(examination):
        return
    ubuntu = examination.inventory.host.os_id == "ubuntu"
    # Not libnvidia-.*, which takes the container toolkit along.
    purge = "apt-get purge '^nvidia-driver-[0-9].*' '^libnvidia-compute-.*' && ldconfig"
    yield Seen(
        seen=f"libcuda.so.1 is {found[0].path}, not {OF_WINDOWS}lib/libcuda.so.1",
        command=as_root(f'sh -c "{purge}"') if ubuntu else None,
    )


def _in_wsl(path: str) -> Examination:
    wsl = changed(healthy_gpu(), "inventory.host.surroundings.wsl", "wsl2")
    return with_driver_library(wsl, path, None)


RULE = Rule(
    code="DOC149",
    name="wsl-driver-shadowed",
    severity=Severity.ERROR,
    why="WSL reaches the GPU through the driver of Windows alone. A Linux driver that was "
    "installed inside looks for a kernel module that is not there: cuInit fails with "
    "CUDA_ERROR_NO_DEVICE.",
    fix="Remove the Linux driver from WSL and put /usr/lib/wsl/lib first on the loader's path; "
    "install no package cuda or cuda-drivers there, only cuda-toolkit.",
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    detect=_detect,
    hits=(lambda: _in_wsl("/usr/lib/x86_64-linux-gnu/libcuda.so.1"),),
    misses=(healthy_gpu, lambda: _in_wsl("/usr/lib/wsl/lib/libcuda.so.1")),
)
