"""Which CUDA toolkits and which PTX a compute capability needs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from envprobe.facts.table import reasons, rows, sources, yes_or_no
from envprobe.facts.unknown import Unknown


class CudaCapability(msgspec.Struct, frozen=True, kw_only=True):
    """One compute capability.

    jetson          whether only Jetson modules have it
    first_cuda      first toolkit that compiles for it
    last_cuda       last toolkit that does; None: the newest one still does
    least_ptx_isa   oldest PTX ISA that can name it as its target
    unknown         field -> why it is None where that is not known
    """

    capability: str
    architecture: str
    jetson: bool | None
    first_cuda: str | None
    last_cuda: str | None
    least_ptx_isa: str | None
    unknown: Mapping[str, str]
    notes: str
    sources: tuple[str, ...]


def cuda_capability(capability: str) -> CudaCapability | Unknown:
    """What is known of GPUs of that compute capability (`"8.6"`)."""
    found = cuda_capabilities().get(capability)
    if found is None:
        newest = list(cuda_capabilities())[-1]
        return Unknown(f"no table knows compute capability {capability} (the newest is {newest})")
    return found


def capabilities_of_toolkit(cuda: str) -> tuple[str, ...]:
    """The compute capabilities that CUDA `cuda` (`"12.5"`) compiles for, lowest first.

    Those whose first toolkit is older than the table's source counts as compiled for.
    """
    version = _minor_version(cuda)
    return tuple(
        row.capability
        for row in cuda_capabilities().values()
        if (row.first_cuda is None or _minor_version(row.first_cuda) <= version)
        and (row.last_cuda is None or version <= _minor_version(row.last_cuda))
    )


def ptx_isa_suffices(ptx_isa: str, capability: str) -> bool | Unknown:
    """Whether code written in that PTX ISA can name `capability` as its target.

    A compiler that writes less stops: `PTX version 8.5 does not support target 'sm_120'`.
    """
    known = cuda_capability(capability)
    if isinstance(known, Unknown):
        return known
    if known.least_ptx_isa is None:
        return Unknown(known.unknown["least_ptx_isa"])
    return _minor_version(ptx_isa) >= _minor_version(known.least_ptx_isa)


@functools.cache
def cuda_capabilities() -> Mapping[str, CudaCapability]:
    """All compute capabilities, lowest first; read once."""
    found = {row["capability"]: _capability(row) for row in rows("cuda_capabilities.csv")}
    return MappingProxyType(found)


def _minor_version(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _capability(row: dict[str, str]) -> CudaCapability:
    return CudaCapability(
        capability=row["capability"],
        architecture=row["architecture"],
        jetson=yes_or_no(row["jetson"]),
        first_cuda=row["first_cuda"] or None,
        last_cuda=row["last_cuda"] or None,
        least_ptx_isa=row["least_ptx_isa"] or None,
        unknown=MappingProxyType(reasons(row["why_empty"])),
        notes=row["notes"],
        sources=sources(row["source"]),
    )
