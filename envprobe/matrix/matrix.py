"""The support matrix of one environment, and the environment that it holds for."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from envprobe.matrix.cell import Cell
from envprobe.registrations.record import RegistryRecord
from envprobe.terms import Finding

FORMAT_VERSION = 1


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device as TensorFlow lists it (`CPU:0`), beside what the machine says of it.

    `model` is the CPU's or GPU's marketing name. `peak_flops_per_second` maps a dtype to the
    published dense peak, `peak_bytes_per_second` is the published memory bandwidth; both stay
    empty or None where no published figure is known (always so for CPUs).
    """

    name: str
    device_type: str
    model: str | None = None
    compute_capability: str | None = None
    cuda_index: int | None = None
    nvml_index: int | None = None
    uuid: str | None = None
    memory_bytes: int | None = None
    peak_flops_per_second: dict[str, float] = {}
    peak_bytes_per_second: float | None = None
    peak_source: str | None = None


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides support; equal environments share a profile.

    Nothing here names one machine: no host name, UUID, clock or free memory.
    """

    devices: tuple[str, ...]  # "CPU:0 CPU AMD EPYC", "GPU:0 GPU NVIDIA H200 cc 9.0"
    machine: str  # x86_64, aarch64
    cpu_isa: tuple[str, ...]
    onednn: bool | None
    python: str
    tensorflow: str | None
    tensorflow_build: dict[str, Any]
    driver: str | None
    cuda: str | None
    cudnn: str | None
    packages: dict[str, str]  # keras, numpy, ml_dtypes …: what probes are built from
    variables: dict[str, str]  # environment variables that change what TensorFlow runs


class ScanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How the matrix came to be."""

    preset: str
    narrowed: dict[str, list[str]] = {}  # the options that narrowed the preset
    started: str  # ISO 8601, UTC
    seconds: float
    support_seconds: float
    timing_seconds: float
    workers: int
    restarts: int
    resumed: int  # cells taken over from an interrupted scan
    planned: int
    complete: bool
    envprobe: str
    host: str


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All cells of one environment (file kind `matrix`)."""

    kind: Literal["matrix"] = "matrix"
    format_version: int = FORMAT_VERSION
    environment: Environment
    environment_digest: str
    devices: tuple[Device, ...]
    inventory: dict[str, Any]  # the whole inventory, as `envprobe.inventory` serialises it
    findings: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    scan: ScanRecord
    registrations: RegistryRecord | None = None
    registrations_unknown: str | None = None  # why there is no record of the registry
