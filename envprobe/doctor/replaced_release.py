"""The examined machine with its TensorFlow replaced by a release, as far as tables tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from envprobe.doctor.examination import Examination
from envprobe.doctor.openings import sonames_of_build
from envprobe.facts.and_cuda_pins import CudaPin, and_cuda_pins
from envprobe.facts.fresh_installs import fresh_installs_of
from envprobe.facts.tensorflow_releases import TensorFlowRelease, bound_on
from envprobe.facts.unknown import Unknown
from envprobe.inventory.distributions import Distribution
from envprobe.inventory.libraries import Library
from envprobe.inventory.software import Software
from envprobe.inventory.tensorflow_build import TensorFlowBuild
from envprobe.inventory.toolkits import CudaToolkit
from envprobe.inventory.unknown import all_unknown

FORECAST = "a forecast: it is not installed"
# What a library's soname begins with -> the wheel that brings it, between `nvidia-` and `-cu12`.
WHEELS = {"cudart": "cuda-runtime", "cublasLt": "cublas"}


def platform_of(examination: Examination) -> str | None:
    """The column of the releases' table for this interpreter; None for any other platform."""
    told = (examination.inventory.software.python.platform or "").lower()
    system, machine = told.partition("-")[0], told.rpartition("-")[2]
    if system.startswith("win"):
        return "windows"
    return {
        ("linux", "x86_64"): "linux_x86_64",
        ("linux", "aarch64"): "linux_aarch64",
        ("macosx", "x86_64"): "macos_x86_64",
        ("macosx", "arm64"): "macos_arm64",
    }.get((system, machine))


def cuda_pins(release: TensorFlowRelease) -> tuple[CudaPin, ...]:
    """What `[and-cuda]` of the release pins; empty where it has no such extra."""
    pins = and_cuda_pins(release.version)
    return () if isinstance(pins, Unknown) else pins


def asked_packages(examination: Examination, release: TensorFlowRelease) -> dict[str, str]:
    """Package -> what the release asks of it under this Python."""
    python = examination.python
    if python is None:
        return {}
    short = f"{python.major}.{python.minor}"
    bounds = {name: bound_on(release, name, short) for name in release.bounds}
    return {name.replace("_", "-"): bound for name, bound in bounds.items() if bound}


def with_release(
    examination: Examination, release: TensorFlowRelease, distribution: str, *, and_cuda: bool
) -> Examination:
    """The examination as it would be after that release was installed, and not started."""
    replace = msgspec.structs.replace
    inventory = examination.inventory
    folder = _folder(inventory.software)
    asked = asked_packages(examination, release)
    own = Distribution(
        name=distribution,
        version=release.version,
        folder=folder,
        role="tensorflow",
        requires=tuple(f"{name}{bound}" for name, bound in asked.items()),
    )
    build = _build(examination, release, distribution)
    software = replace(
        inventory.software,
        tensorflow=(own,),
        tensorflow_folder=folder,
        build=build,
        packages=_packages(examination, release, folder, and_cuda=and_cuda),
    )
    fresh = Examination(inventory=replace(inventory, software=software, tensorflow=None))
    if not and_cuda:
        return fresh
    software = replace(
        software,
        libraries=tuple(_libraries(fresh, release, folder)),
        toolkits=tuple(_toolkits(software, release, folder)),
    )
    return Examination(inventory=replace(fresh.inventory, software=software))


def _folder(software: Software) -> str:
    sites = [entry for entry in software.python.path or () if entry.endswith("-packages")]
    return software.tensorflow_folder or next(iter(sites), software.python.prefix or "")


def _build(
    examination: Examination, release: TensorFlowRelease, distribution: str
) -> TensorFlowBuild:
    platform = platform_of(examination)
    on_linux = platform == "linux_x86_64" and distribution in {
        release.gpu_distribution,
        "tensorflow-gpu",
    }
    on_windows = platform == "windows" and release.windows_gpu and distribution != "tensorflow-cpu"
    cuda = on_linux or on_windows
    if platform is None:
        return all_unknown(TensorFlowBuild, FORECAST)
    values = {
        "cuda_version": (release.cuda_of_build or release.cuda) if cuda else None,
        "cudnn_version": (release.cudnn_major_of_build or release.cudnn) if cuda else None,
        "cuda_compute_capabilities": release.targets_of_build if cuda else None,
    }
    unknown = {name: FORECAST for name, value in values.items() if value is None}
    return TensorFlowBuild(
        is_cuda_build=cuda,
        is_rocm_build=False,
        is_tensorrt_build=release.tensorrt if cuda else False,
        unknown={"path": FORECAST, **unknown},
        **values,  # type: ignore[arg-type]
    )


def _packages(
    examination: Examination, release: TensorFlowRelease, folder: str, *, and_cuda: bool
) -> tuple[Distribution, ...] | None:
    """What fits stays; what does not is what pip chose where that was tried, else left out."""
    installed = examination.inventory.software.packages
    if installed is None:
        return None
    pins = {pin.package: pin for pin in cuda_pins(release)} if and_cuda else {}
    asked, chosen = asked_packages(examination, release), _chosen(examination, release)
    kept = []
    for package in installed:
        if package.name in pins:
            continue
        bound = asked.get(package.name)
        if bound is None or fits(package.version, bound):
            kept.append(package)
        elif package.name in chosen:
            kept.append(msgspec.structs.replace(package, version=chosen[package.name]))
    brought = [
        Distribution(name=name, version=_version(pin), folder=folder, role="nvidia")
        for name, pin in pins.items()
    ]
    brought += _keras(release, folder, {one.name for one in kept}, asked, chosen)
    return tuple(sorted((*kept, *brought), key=lambda package: package.name))


def _keras(
    release: TensorFlowRelease,
    folder: str,
    kept: set[str],
    asked: Mapping[str, str],
    chosen: Mapping[str, str],
) -> Iterator[Distribution]:
    """The Keras that the installation would bring: the least that fits, where it was not tried.

    Without one the forecast would say that Keras is missing.
    """
    name = release.keras_distribution
    if name is None or name in kept:
        return
    bounds = SpecifierSet(asked.get(name, ""))
    least = [one.version for one in bounds if one.operator in ("==", ">=", "~=")]
    version = chosen.get(name) or next(iter(least), release.version)
    yield Distribution(name=name, version=version, folder=folder, role="keras")


def fits(version: str, specifier: str) -> bool:
    """Whether an installed version is within the bound; one that cannot be read is not."""
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False


def _chosen(examination: Examination, release: TensorFlowRelease) -> dict[str, str]:
    python = examination.python
    short = f"{python.major}.{python.minor}" if python else ""
    tried = [one for one in fresh_installs_of(release.version) if one.python == short]
    versions = tried[0].versions.items() if tried else ()
    return {name.replace("_", "-"): version for name, version in versions}


def _version(pin: CudaPin) -> str:
    return pin.resolved or pin.specifier.partition("==")[2] or pin.specifier.lstrip("<>=~! ")


def _libraries(fresh: Examination, release: TensorFlowRelease, folder: str) -> Iterator[Library]:
    """Those on the disk that no wheel brought, and the wheels' own, in the loader's order."""
    found = fresh.inventory.software.libraries or ()
    pins = {pin.package: pin for pin in cuda_pins(release)}
    brought = {}
    for soname in sonames_of_build(fresh) or ():
        name = soname[3:].partition(".so")[0]
        wheel = f"nvidia-{WHEELS.get(name, name)}-cu"
        pin = next((pin for pin in pins.values() if pin.package.startswith(wheel)), None)
        if pin is not None:
            brought[soname] = (name, pin)
    first = [one for one in found if one.source == "LD_LIBRARY_PATH"]
    for one in found:
        if one.source == "site-packages":
            continue
        later = one.soname in brought and one not in first and one.order is not None
        yield msgspec.structs.replace(one, order=(one.order or 0) + 1) if later else one
    for soname, (name, pin) in brought.items():
        yield Library(
            name=name,
            soname=soname,
            path=f"{folder}/nvidia/{WHEELS.get(name, name).replace('-', '_')}/lib/{soname}",
            source="site-packages",
            order=sum(one.soname == soname for one in first),
            version=_version(pin),
            distribution=pin.package,
        )


def _toolkits(software: Software, release: TensorFlowRelease, folder: str) -> Iterator[CudaToolkit]:
    yield from software.toolkits or ()
    for pin in cuda_pins(release):
        if pin.package.startswith("nvidia-cuda-nvcc-cu"):
            yield CudaToolkit(
                folder=f"{folder}/nvidia/cuda_nvcc",
                version=".".join(_version(pin).split(".")[:2]),
                has_ptxas=True,
                has_libdevice=True,
            )
