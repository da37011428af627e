"""The examined machine in the words of the known issues' conditions."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rules._build import cudnn_of_build, machine_of, runs_cuda, system_of
from envprobe.doctor.rules._libraries import used_cudnn
from envprobe.facts.known_issues import Situation


def situations_of(examination: Examination) -> Iterator[Situation]:
    """One situation for each compute capability; one without, where no GPU is known."""
    capabilities = {gpu.compute_capability for gpu in examination.gpus} or {None}
    for capability in sorted(capabilities, key=str):
        yield _situation(examination, capability)


def _situation(examination: Examination, capability: str | None) -> Situation:
    inventory = examination.inventory
    name, _, libc = (inventory.host.libc or "").partition(" ")
    packages = inventory.software.packages
    cudnn = used_cudnn(examination, (cudnn_of_build(examination) or "").partition(".")[0])
    return Situation(
        tensorflow=str(examination.tensorflow) if examination.tensorflow else None,
        capability=capability if runs_cuda(examination) else None,
        driver=inventory.nvml.driver_version,
        cudnn=cudnn.version if cudnn else None,
        glibc=libc if name == "glibc" else None,
        system=system_of(examination),
        machine=machine_of(examination),
        extra="and-cuda" if _has_extra(examination) else None,
        packages=None if packages is None else {one.name: one.version for one in packages},
    )


def _has_extra(examination: Examination) -> bool:
    """NVIDIA's wheels beside a CUDA build: that is all that the extra installs."""
    packages = examination.inventory.software.packages or ()
    cuda = any(one.name.startswith("nvidia-cuda-runtime-cu") for one in packages)
    return cuda and runs_cuda(examination)
