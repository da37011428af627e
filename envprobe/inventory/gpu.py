"""One NVIDIA GPU: NVML's raw replies read into fields, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from envprobe.inventory.gpu_questions import Reply
from envprobe.inventory.unknown import reasons_for

# nvml.h, nvmlClocksEventReason*
THROTTLE_REASONS = (
    "gpu_idle",
    "applications_clocks_setting",
    "sw_power_cap",
    "hw_slowdown",
    "sync_boost",
    "sw_thermal_slowdown",
    "hw_thermal_slowdown",
    "hw_power_brake_slowdown",
    "display_clock_setting",
    "board_limit",
    "reliability",
)
# nvml.h, NVML_DEVICE_ARCH_*
ARCHITECTURES = {
    2: "Kepler",
    3: "Maxwell",
    4: "Pascal",
    5: "Volta",
    6: "Turing",
    7: "Ampere",
    8: "Ada",
    9: "Hopper",
    10: "Blackwell",
    13: "Rubin",
}
# nvml.h, nvmlComputeMode_t
COMPUTE_MODES = {0: "default", 1: "exclusive_thread", 2: "prohibited", 3: "exclusive_process"}


class GpuProcess(msgspec.Struct, frozen=True, kw_only=True):
    """A process that holds memory on the GPU; `kind` is `compute` or `graphics`."""

    pid: int
    kind: str
    memory_bytes: int | None = None
    name: str | None = None
    unknown: dict[str, str] = {}


class MigInstance(msgspec.Struct, frozen=True, kw_only=True):
    """One MIG device. `cuda_index` is None with the reason why TensorFlow will not see it."""

    index: int
    cuda_index: int | None = None
    uuid: str | None = None
    name: str | None = None
    gpu_instance: int | None = None
    compute_instance: int | None = None
    memory_total_bytes: int | None = None
    memory_free_bytes: int | None = None
    unknown: dict[str, str] = {}


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """One GPU as NVML knows it; a None has NVML's reason in `unknown`.

    `nvml_index` is NVML's (and nvidia-smi's) number, `cuda_index` TensorFlow's: it is None, with
    the reason, where TensorFlow will not see the GPU or the number cannot be told from outside.
    ECC counts are of memory errors, `volatile` since the driver was loaded, `aggregate` of the
    GPU's life. `throttle_reasons` is empty when nothing holds the clocks back.
    """

    nvml_index: int
    cuda_index: int | None = None
    name: str | None = None
    uuid: str | None = None
    pci_bus_id: str | None = None
    compute_capability: str | None = None
    architecture: str | None = None
    memory_total_bytes: int | None = None
    memory_free_bytes: int | None = None
    memory_used_bytes: int | None = None
    ecc_enabled: bool | None = None
    ecc_pending: bool | None = None
    ecc_corrected_volatile: int | None = None
    ecc_uncorrected_volatile: int | None = None
    ecc_corrected_aggregate: int | None = None
    ecc_uncorrected_aggregate: int | None = None
    remapped_rows_corrected: int | None = None
    remapped_rows_uncorrected: int | None = None
    remapping_pending: bool | None = None
    remapping_failed: bool | None = None
    mig_enabled: bool | None = None
    mig_pending: bool | None = None
    mig_instances: tuple[MigInstance, ...] | None = None
    power_watts: float | None = None
    power_limit_watts: float | None = None
    power_limit_default_watts: float | None = None
    sm_clock_hertz: float | None = None
    sm_clock_max_hertz: float | None = None
    memory_clock_hertz: float | None = None
    memory_clock_max_hertz: float | None = None
    throttle_reasons: tuple[str, ...] | None = None
    temperature_celsius: float | None = None
    pcie_generation: int | None = None
    pcie_generation_max: int | None = None
    pcie_width: int | None = None
    pcie_width_max: int | None = None
    compute_mode: str | None = None
    persistence_mode: bool | None = None
    nvlinks_active: tuple[bool, ...] | None = None
    processes: tuple[GpuProcess, ...] | None = None
    unknown: dict[str, str] = {}


def throttle_names(bits: int) -> tuple[str, ...]:
    """NVML's mask as names, lowest bit first; a bit without a name is `bit_12`."""
    names = dict(enumerate(THROTTLE_REASONS))
    return tuple(names.get(n, f"bit_{n}") for n in range(bits.bit_length()) if bits >> n & 1)


def _at(position: int, kind: type[Any]) -> Callable[[Any], Any]:
    return lambda values: kind(values[position])


def _scaled(factor: float) -> Callable[[Any], Any]:
    return lambda value: float(value) * factor


# field -> (question, how its answer becomes the field)
READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "name": ("name", str),
    "uuid": ("uuid", str),
    "pci_bus_id": ("pci_bus_id", str),
    "compute_capability": ("compute_capability", str),
    "architecture": ("architecture", lambda n: ARCHITECTURES.get(int(n), f"architecture {n}")),
    "memory_total_bytes": ("memory", _at(0, int)),
    "memory_free_bytes": ("memory", _at(1, int)),
    "memory_used_bytes": ("memory", _at(2, int)),
    "ecc_enabled": ("ecc_mode", _at(0, bool)),
    "ecc_pending": ("ecc_mode", _at(1, bool)),
    "ecc_corrected_volatile": ("ecc_corrected_volatile", int),
    "ecc_uncorrected_volatile": ("ecc_uncorrected_volatile", int),
    "ecc_corrected_aggregate": ("ecc_corrected_aggregate", int),
    "ecc_uncorrected_aggregate": ("ecc_uncorrected_aggregate", int),
    "remapped_rows_corrected": ("remapped_rows", _at(0, int)),
    "remapped_rows_uncorrected": ("remapped_rows", _at(1, int)),
    "remapping_pending": ("remapped_rows", _at(2, bool)),
    "remapping_failed": ("remapped_rows", _at(3, bool)),
    "mig_enabled": ("mig_mode", _at(0, bool)),
    "mig_pending": ("mig_mode", _at(1, bool)),
    "mig_instances": ("mig_instances", lambda rows: tuple(_mig(row) for row in rows)),
    "power_watts": ("power_milliwatts", _scaled(1e-3)),
    "power_limit_watts": ("power_limit_milliwatts", _scaled(1e-3)),
    "power_limit_default_watts": ("power_limit_default_milliwatts", _scaled(1e-3)),
    "sm_clock_hertz": ("sm_clock_megahertz", _scaled(1e6)),
    "sm_clock_max_hertz": ("sm_clock_max_megahertz", _scaled(1e6)),
    "memory_clock_hertz": ("memory_clock_megahertz", _scaled(1e6)),
    "memory_clock_max_hertz": ("memory_clock_max_megahertz", _scaled(1e6)),
    "throttle_reasons": ("throttle_reasons", throttle_names),
    "temperature_celsius": ("temperature_celsius", float),
    "pcie_generation": ("pcie_generation", int),
    "pcie_generation_max": ("pcie_generation_max", int),
    "pcie_width": ("pcie_width", int),
    "pcie_width_max": ("pcie_width_max", int),
    "compute_mode": ("compute_mode", lambda n: COMPUTE_MODES.get(int(n), f"mode {n}")),
    "persistence_mode": ("persistence_mode", bool),
    "nvlinks_active": ("nvlinks", lambda links: tuple(bool(link) for link in links)),
    "processes": ("processes", lambda rows: tuple(_process(row) for row in rows)),
}


def parse_gpu(nvml_index: int, replies: Mapping[str, Reply], silent: str) -> Gpu:
    """The GPU's fields. `silent` is the reason for questions that were never answered."""
    values, reasons = {}, {}
    for name, (question, read) in READERS.items():
        answer = replies.get(question, Reply(error=silent))
        try:
            values[name] = None if answer.error else read(answer.value)
            reasons[name] = answer.error or silent
        except (TypeError, ValueError, IndexError, KeyError):
            values[name], reasons[name] = None, f"NVML answered {answer.value!r}"
    values["cuda_index"] = None
    return Gpu(nvml_index=nvml_index, **values, unknown=reasons_for(values, reasons, silent))


def _process(row: Mapping[str, Any]) -> GpuProcess:
    values = {"memory_bytes": row["memory_bytes"], "name": row["name"]}
    reasons = {
        "memory_bytes": "NVML does not tell this process's memory",
        "name": str(row.get("name_error")),
    }
    unknown = reasons_for(values, reasons, "not told")
    return GpuProcess(pid=row["pid"], kind=row["kind"], **values, unknown=unknown)


def _mig(row: Mapping[str, Any]) -> MigInstance:
    replies = {n: msgspec.convert(r, Reply) for n, r in row.items() if n != "index"}
    memory = replies["memory"]
    values = {n: replies[n].value for n in ("uuid", "name", "gpu_instance", "compute_instance")}
    values["memory_total_bytes"] = memory.value[0] if memory.value else None
    values["memory_free_bytes"] = memory.value[1] if memory.value else None
    values["cuda_index"] = None
    reasons = {n: str(r.error) for n, r in replies.items()}
    reasons |= dict.fromkeys(("memory_total_bytes", "memory_free_bytes"), str(memory.error))
    unknown = reasons_for(values, reasons, "not resolved")
    return MigInstance(index=row["index"], **values, unknown=unknown)
