"""What several rules ask of the installed TensorFlow's build: its release, CUDA, cuDNN, system."""

from __future__ import annotations

import re
from typing import Literal

from packaging.version import Version

from envprobe.doctor.examination import Examination
from envprobe.facts.tensorflow_releases import TensorFlowRelease, tensorflow_release
from envprobe.facts.unknown import Unknown

System = Literal["Linux", "Windows", "Darwin"]
PLATFORMS: dict[str, System] = {"linux": "Linux", "win": "Windows", "macosx": "Darwin"}


def release_of(examination: Examination) -> TensorFlowRelease | Unknown:
    """The published release that is installed, or why it is none."""
    version = examination.tensorflow
    return (
        Unknown("no TensorFlow is installed")
        if version is None
        else tensorflow_release(str(version))
    )


def runs_cuda(examination: Examination) -> bool:
    """Whether the installed TensorFlow is known to be a CUDA build."""
    build, report = examination.inventory.software.build, examination.inventory.tensorflow
    told = build.is_cuda_build if build else None
    return bool(report.build.get("is_cuda_build") if report and told is None else told)


def computes_on_gpu(examination: Examination) -> bool:
    """Whether it is a CUDA build on a machine with an NVIDIA GPU: else its libraries do not
    matter."""
    inventory = examination.inventory
    listed = inventory.tensorflow.devices if inventory.tensorflow else ()
    there = (
        examination.gpus
        or any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus)
        or any(device.device_type == "GPU" for device in listed)
    )
    return bool(there) and runs_cuda(examination)


def cuda_of_build(examination: Examination) -> str | None:
    """The CUDA that it was built with, `12.5.1`; from the tables where the build does not say."""
    build = examination.inventory.software.build
    told = build.cuda_version if build else None
    if told and re.fullmatch(r"\d+\.\d+(\.\d+)?", told):
        return told
    release = release_of(examination)
    return None if isinstance(release, Unknown) else release.cuda


def cudnn_of_build(examination: Examination) -> str | None:
    """The cuDNN that it was built with: `9.3` of a release, `9` where only the build says it."""
    build, release = examination.inventory.software.build, release_of(examination)
    told = build.cudnn_version if build else None
    if isinstance(release, Unknown) or release.cudnn is None:
        return told
    same = told is None or told.partition(".")[0] == release.cudnn.partition(".")[0]
    return release.cudnn if same else told


def system_of(examination: Examination) -> System | None:
    """The interpreter's system, as `platform.system()` names it."""
    platform = examination.inventory.software.python.platform or ""
    return PLATFORMS.get(platform.partition("-")[0])


def machine_of(examination: Examination) -> str | None:
    """The interpreter's processor, as `platform.machine()` names it on Linux."""
    machine = (examination.inventory.software.python.platform or "").rpartition("-")[2]
    known = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}
    return known.get(machine) or examination.inventory.host.machine


def python_minor(examination: Examination) -> str | None:
    """`3.11` of the examined interpreter."""
    version = examination.python
    return f"{version.major}.{version.minor}" if version else None


def driver_system(examination: Examination) -> Literal["Linux", "Windows"]:
    """Whose driver numbers hold: in WSL the driver is that of Windows."""
    wsl = examination.inventory.host.surroundings.wsl
    windows = system_of(examination) == "Windows" or wsl not in (None, "none")
    return "Windows" if windows else "Linux"


def at_least(examination: Examination, version: str) -> bool:
    """Whether the installed TensorFlow is known to be that version or a newer one."""
    have = examination.tensorflow
    return have is not None and have >= Version(version)


def distribution_of(examination: Examination) -> str:
    """The name under which TensorFlow is installed, to be installed again in another version."""
    names = [one.name for one in examination.inventory.software.tensorflow or ()]
    return "tensorflow-cpu" if names == ["tensorflow-cpu"] else "tensorflow"


def with_its_cuda(examination: Examination) -> str | None:
    """The requirement that brings CUDA's libraries to the installed release; None where there is
    none: before 2.14, and for builds that are not on PyPI (a local part, `2.17.0+nv25.1`)."""
    version = examination.tensorflow
    if version is None or version.local or version < Version("2.14.0.dev0"):
        return None
    if version.is_devrelease:
        return f"tf-nightly[and-cuda]=={version}"
    whole = {"2.14.0": "2.14.1", "2.15.0": "2.15.1"}  # whose extra can be installed
    return requirement(whole.get(str(version), str(version)), cuda=True)


def from_conda(examination: Examination) -> bool:
    """Whether conda has installed TensorFlow: its builds differ from the wheels of that version,
    and their metadata state bounds that conda's own recipe has loosened."""
    return any(one.installer == "conda" for one in examination.inventory.software.tensorflow or ())


def requirement(release: str, *, cuda: bool) -> str:
    """What to install for that release; the extra exists from 2.14 on, 2.14.0's and 2.15.0's
    cannot be installed."""
    extra = cuda and Version(release) >= Version("2.14") and release not in ("2.14.0", "2.15.0")
    return f"tensorflow[and-cuda]=={release}" if extra else f"tensorflow=={release}"
