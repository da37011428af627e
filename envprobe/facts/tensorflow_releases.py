"""What each TensorFlow release was built for and what it asks of its surroundings."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from envprobe.facts.table import reasons, rows, sources, words, yes_or_no
from envprobe.facts.unknown import Unknown

if TYPE_CHECKING:
    from packaging.version import Version

PLATFORMS = ("linux_x86_64", "linux_aarch64", "windows", "macos_x86_64", "macos_arm64")
PACKAGES = (
    "keras",
    "numpy",
    "protobuf",
    "h5py",
    "ml_dtypes",
    "typing_extensions",
    "wrapt",
    "gast",
    "grpcio",
    "flatbuffers",
    "tensorboard",
)


class TensorFlowRelease(msgspec.Struct, frozen=True, kw_only=True):
    """One release of the official wheels.

    gpu_distribution      the distribution whose Linux x86_64 wheel holds CUDA code
    pythons               platform -> Pythons that have a wheel; none: there is no wheel
    stub_platforms        where the wheel is empty and only requires another distribution
    glibc                 least glibc of the Linux x86_64 wheel
    cpu_instructions      without which the x86_64 wheels do not start
    windows_gpu           whether the wheel for native Windows holds CUDA code
    cuda, cudnn           as the documentation names them
    cuda_of_build, cudnn_major_of_build, targets_of_build   as the wheel's build_info names them
    tensorrt              whether it was built with TensorRT
    xla_ptx_isa           newest PTX ISA that its XLA can write
    keras_distribution    which distribution brings Keras; None: Keras is inside TensorFlow
    bounds                package -> what the wheel's metadata asks of it; absent: it asks nothing
    unknown               field -> why it is None
    """

    version: str
    released: str
    gpu_distribution: str
    pythons: Mapping[str, tuple[str, ...]]
    stub_platforms: tuple[str, ...]
    requires_python: str | None
    manylinux: str
    glibc: str
    cpu_instructions: tuple[str, ...]
    windows_gpu: bool
    cuda: str | None
    cudnn: str | None
    cuda_of_build: str | None
    cudnn_major_of_build: str | None
    targets_of_build: tuple[str, ...] | None
    tensorrt: bool | None
    xla_ptx_isa: str | None
    keras_distribution: str | None
    bounds: Mapping[str, str]
    unknown: Mapping[str, str]
    notes: str
    sources: tuple[str, ...]


def tensorflow_release(version: str) -> TensorFlowRelease | Unknown:
    """The release of that version, as `tensorflow.__version__` or the metadata spell it.

    A nightly, a candidate that the table lacks and a vendor's build (`2.17.0+nv25.2`) are not a
    release: what they were built for is unknown, and the reason names the nearest release.
    """
    from packaging.version import InvalidVersion, Version

    try:
        wanted = Version(version)
    except InvalidVersion:
        return Unknown(f"{version!r} is not a version")
    found = _by_version().get(wanted)
    if found is not None:
        return found
    return Unknown(_why_not(version, wanted))


def bound_on(release: TensorFlowRelease, package: str, python: str) -> str | None:
    """What the release asks of `package` under that Python (`>=1.26.0,<2.1.0`); None: nothing.

    Package names may be spelled with `-` or `_`. Raises InvalidMarker for a marker in the table
    that cannot be read.
    """
    whole = release.bounds.get(package.lower().replace("-", "_"))
    if whole is None:
        return None
    for part in whole.split(" | "):
        specifier, _, marker = part.partition(" ; ")
        if not marker or _holds(marker, python):
            return specifier
    return None


@functools.cache
def tensorflow_releases() -> tuple[TensorFlowRelease, ...]:
    """All releases, oldest first; read once."""
    return tuple(_release(row) for row in rows("tensorflow_releases.csv"))


def _holds(marker: str, python: str) -> bool:
    from packaging.markers import Marker

    return Marker(marker).evaluate({"python_version": python, "python_full_version": python})


@functools.cache
def _by_version() -> Mapping[Version, TensorFlowRelease]:
    from packaging.version import Version

    return MappingProxyType({Version(r.version): r for r in tensorflow_releases()})


def _why_not(version: str, wanted: Version) -> str:
    known = _by_version()
    older = [known[v].version for v in known if v <= wanted]
    near = f"the nearest release before it is {older[-1]}" if older else "it is older than 2.0"
    if wanted.local:
        return f"{version} is a vendor's build of its own; {near}"
    kind = "a nightly" if wanted.is_devrelease else "not among the known releases"
    return f"{version} is {kind}; {near}"


def _release(row: dict[str, str]) -> TensorFlowRelease:
    return TensorFlowRelease(
        version=row["release"],
        released=row["released"],
        gpu_distribution=row["gpu_distribution"],
        pythons=MappingProxyType({name: words(row[f"pythons_{name}"]) for name in PLATFORMS}),
        stub_platforms=words(row["stub_platforms"]),
        requires_python=row["requires_python"] or None,
        manylinux=row["manylinux"],
        glibc=row["glibc"],
        cpu_instructions=words(row["cpu_instructions"]),
        windows_gpu=bool(yes_or_no(row["windows_gpu"])),
        cuda=row["cuda"] or None,
        cudnn=row["cudnn"] or None,
        cuda_of_build=row["cuda_of_build"] or None,
        cudnn_major_of_build=row["cudnn_major_of_build"] or None,
        targets_of_build=words(row["targets_of_build"]) or None,
        tensorrt=yes_or_no(row["tensorrt"]),
        xla_ptx_isa=row["xla_ptx_isa"] or None,
        keras_distribution=row["keras_distribution"] or None,
        bounds=MappingProxyType({name: row[name] for name in PACKAGES if row[name]}),
        unknown=MappingProxyType(reasons(row["why_empty"])),
        notes=row["notes"],
        sources=sources(row["source"]),
    )
