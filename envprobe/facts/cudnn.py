"""Which GPUs a cuDNN runs on, from its wheels' contents and NVIDIA's support matrices."""

from __future__ import annotations

import functools

import msgspec

from envprobe.facts.capability import Capability, capability_of
from envprobe.facts.cuda_capabilities import cuda_capability
from envprobe.facts.library_wheels import LibraryWheel, library_wheels
from envprobe.facts.table import rows, sources, words
from envprobe.facts.unknown import Unknown


class CudnnMatrixRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a support matrix: one cuDNN with the CUDA versions of one package."""

    cudnn: str
    cuda_major: str
    cudas: tuple[str, ...]
    lowest_capability: str | None
    capabilities: tuple[str, ...]
    architectures: tuple[str, ...]
    notes: str
    sources: tuple[str, ...]


class CudnnSupport(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a cuDNN has code for a GPU.

    binary      `sass`, `ptx` or `none`; None where only a support matrix answers
    basis       `wheel`, `matrix`, or `9.12.0.46 and 9.17.0.29`: both wheels around it agree
    """

    supported: bool
    binary: str | None
    basis: str
    sources: tuple[str, ...]


def cudnn_supports(version: str, capability: str, cuda_major: str) -> CudnnSupport | Unknown:
    """Whether cuDNN `version` (`9.3.0` or `9.3.0.75`) for that CUDA major runs on `capability`.

    What the wheel holds goes before what the matrix says, and that before the wheels around it.
    """
    if "." not in version:
        return Unknown(f"{version!r} names no minor version of cuDNN")
    gpu, wheels = capability_of(capability), library_wheels(f"nvidia-cudnn-cu{cuda_major}")
    exact = [wheel for wheel in wheels if _same(wheel.version, version)]
    if exact:
        return _of_wheel(exact[0], gpu, "wheel")
    return (
        _of_matrix(version, capability, cuda_major)
        or _of_neighbours(version, gpu, wheels)
        or Unknown(f"neither a wheel nor a support matrix of cuDNN {version} (cu{cuda_major})")
    )


def older_than_built(loaded: str, built: str) -> bool:
    """Whether TensorFlow refuses the loaded cuDNN: another major, or a lower minor than built."""
    have, want = _numbers(loaded)[:2], _numbers(built)[:2]
    return have[0] != want[0] or have < want


@functools.cache
def cudnn_matrix() -> tuple[CudnnMatrixRow, ...]:
    """All rows of the support matrices, oldest cuDNN first; read once."""
    return tuple(_matrix_row(row) for row in rows("cudnn.csv"))


def _of_wheel(wheel: LibraryWheel, gpu: Capability, basis: str) -> CudnnSupport:
    binary = wheel.binary_for(gpu)
    return CudnnSupport(
        supported=binary != "none", binary=binary, basis=basis, sources=wheel.sources
    )


def _of_matrix(version: str, capability: str, cuda_major: str) -> CudnnSupport | None:
    named = [
        row for row in cudnn_matrix() if row.cuda_major == cuda_major and _same(row.cudnn, version)
    ]
    answers = {_listed(row, capability) for row in named}
    if True not in answers and answers != {False}:
        return None
    found = tuple(source for row in named for source in row.sources)
    return CudnnSupport(supported=True in answers, binary=None, basis="matrix", sources=found)


def _listed(row: CudnnMatrixRow, capability: str) -> bool | None:
    gpu = capability_of(capability)
    if row.lowest_capability and gpu < capability_of(row.lowest_capability):
        return False
    if row.capabilities:
        known = map(capability_of, row.capabilities)
        return any(gpu[0] == one[0] and gpu >= one for one in known)
    named = cuda_capability(capability)
    if isinstance(named, Unknown) or not row.architectures:
        return None
    # The matrices of cuDNN 7 and 8 name the Jetson of Volta's time by its own name.
    architecture = "Xavier" if capability == "7.2" else named.architecture
    return architecture in row.architectures


def _of_neighbours(
    version: str, gpu: Capability, wheels: tuple[LibraryWheel, ...]
) -> CudnnSupport | None:
    older = [wheel for wheel in wheels if _numbers(wheel.version) < _numbers(version)]
    newer = [wheel for wheel in wheels if _numbers(wheel.version) > _numbers(version)]
    if not older or not newer or older[-1].binary_for(gpu) != newer[0].binary_for(gpu):
        return None
    return _of_wheel(newer[0], gpu, f"{older[-1].version} and {newer[0].version}")


def _same(known: str, wanted: str) -> bool:
    parts = _numbers(wanted)
    return len(parts) >= 3 and _numbers(known)[: len(parts)] == parts[: len(_numbers(known))]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _matrix_row(row: dict[str, str]) -> CudnnMatrixRow:
    return CudnnMatrixRow(
        cudnn=row["cudnn"],
        cuda_major=row["cuda_major"],
        cudas=words(row["cudas"]),
        lowest_capability=row["lowest_capability"] or None,
        capabilities=words(row["capabilities"]),
        architectures=words(row["architectures"]),
        notes=row["notes"],
        sources=sources(row["source"]),
    )
