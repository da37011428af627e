"""What NVML is asked about one GPU: one question a field, so that a refusal costs one field.

The only files that know the module `pynvml` are this one, `nvml.py` and `gpu_sample.py`; they
get it as an argument. Answers are plain JSON values, so that a machine can be recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

NOT_SUPPORTED, NO_PERMISSION, NOT_FOUND, FUNCTION_NOT_FOUND, LOST = 3, 4, 6, 13, 15
CORRUPTED_INFO_ROM, RESET_REQUIRED = 14, 16

# nvml.h, nvmlReturn_t; pynvml's own texts need the library that may be missing.
ERROR_TEXTS = {
    1: "NVML is not initialised",
    2: "NVML refuses the argument",
    NOT_SUPPORTED: "not supported by this GPU",
    NO_PERMISSION: "no permission",
    NOT_FOUND: "not found",
    9: "NVIDIA's kernel driver is not loaded",
    10: "NVML's own time limit passed",
    11: "the kernel found an interrupt problem with the GPU",
    12: "libnvidia-ml.so.1 cannot be loaded",
    FUNCTION_NOT_FOUND: "this driver's NVML does not have the call",
    CORRUPTED_INFO_ROM: "the GPU's information ROM is corrupted",
    LOST: "the GPU is lost (fallen off the bus)",
    RESET_REQUIRED: "the GPU needs a reset",
    17: "the operating system refuses the GPU",
    18: "driver/library version mismatch",
    25: "this driver's NVML does not know this version of the call",
    26: "the call is no longer supported by this driver",
}


class Reply(msgspec.Struct, frozen=True):
    """NVML's answer to one question: a value, or the code and text of its refusal."""

    value: Any = None
    error: str | None = None
    code: int | None = None


def reply(nvml: Any, ask: Callable[[], Any]) -> Reply:
    """Asks one question. Whatever NVML raises becomes the reason."""
    try:
        return Reply(value=ask())
    except nvml.NVMLError as error:
        code = int(getattr(error, "value", 999))
        return Reply(error=ERROR_TEXTS.get(code, f"NVML error {code}: {error}"), code=code)
    except Exception as error:  # noqa: BLE001 - a binding that does not fit the driver raises anything
        if type(error).__name__ == "NVMLLibraryMismatchError" or isinstance(error, AttributeError):
            return Reply(error=ERROR_TEXTS[FUNCTION_NOT_FOUND], code=FUNCTION_NOT_FOUND)
        return Reply(error=f"{type(error).__name__}: {error}", code=999)


def first_that_exists(nvml: Any, names: tuple[str, ...], *arguments: Any) -> Any:
    """Calls the first of several spellings of a call that both binding and driver have."""
    for name in names[:-1]:
        call = getattr(nvml, name, None)
        if call is None:
            continue
        try:
            return call(*arguments)
        except nvml.NVMLError as error:
            if getattr(error, "value", None) not in (FUNCTION_NOT_FOUND, 25, 26):
                raise
    return getattr(nvml, names[-1])(*arguments)


def text(value: Any) -> str:
    """Older bindings answer bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _bus_id(nvml: Any, gpu: Any) -> str:
    return text(nvml.nvmlDeviceGetPciInfo(gpu).busId)


def _capability(nvml: Any, gpu: Any) -> str:
    return "{}.{}".format(*nvml.nvmlDeviceGetCudaComputeCapability(gpu))


def _memory(nvml: Any, gpu: Any) -> list[int]:
    memory = nvml.nvmlDeviceGetMemoryInfo(gpu)
    return [int(memory.total), int(memory.free), int(memory.used)]


def _temperature(nvml: Any, gpu: Any) -> int:
    # nvmlDeviceGetTemperature is deprecated and may go; its successor needs a new binding.
    return int(
        first_that_exists(nvml, ("nvmlDeviceGetTemperature", "nvmlDeviceGetTemperatureV"), gpu, 0)
    )


def _throttle(nvml: Any, gpu: Any) -> int:
    names = ("nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons")
    return int(first_that_exists(nvml, names, gpu))


def _power_limit(nvml: Any, gpu: Any) -> int:
    names = ("nvmlDeviceGetEnforcedPowerLimit", "nvmlDeviceGetPowerManagementLimit")
    return int(first_that_exists(nvml, names, gpu))


def _nvlinks(nvml: Any, gpu: Any) -> list[int]:
    """1 for each link that is up, 0 for each that is down; the first refusal is the answer."""
    links: list[int] = []
    for link in range(int(getattr(nvml, "NVML_NVLINK_MAX_LINKS", 18))):
        try:
            links.append(int(nvml.nvmlDeviceGetNvLinkState(gpu, link)))
        except nvml.NVMLError:  # noqa: PERF203 - each link is asked on its own
            if not links:
                raise
            break  # links are numbered without holes: past the last one NVML refuses
    return links


def _processes(nvml: Any, gpu: Any) -> list[dict[str, Any]]:
    """Processes that hold memory. One that both computes and draws is listed once."""
    found: dict[int, dict[str, Any]] = {}
    for kind in ("Compute", "Graphics"):
        stem = f"nvmlDeviceGet{kind}RunningProcesses"
        for process in first_that_exists(nvml, (f"{stem}_v3", f"{stem}_v2", stem), gpu):
            pid, used = int(process.pid), process.usedGpuMemory
            # All bits set means "not available" (WDDM, other users' processes, some MIG setups).
            bytes_ = int(used) if used is not None and used < 2**63 else None
            name = reply(nvml, partial(_process_name, nvml, pid))
            found.setdefault(
                pid,
                {
                    "pid": pid,
                    "kind": kind.lower(),
                    "memory_bytes": bytes_,
                    "name": name.value,
                    "name_error": name.error,
                },
            )
    return list(found.values())


def _process_name(nvml: Any, pid: int) -> str:
    return text(nvml.nvmlSystemGetProcessName(pid))


def _mig_instances(nvml: Any, gpu: Any) -> list[dict[str, Any]]:
    found = []
    for index in range(int(nvml.nvmlDeviceGetMaxMigDeviceCount(gpu))):
        try:
            handle = nvml.nvmlDeviceGetMigDeviceHandleByIndex(gpu, index)
        except nvml.NVMLError as error:
            if getattr(error, "value", None) in (NOT_FOUND, 2):
                continue  # instance numbers may have holes
            raise
        asks: dict[str, Callable[[], Any]] = {
            "uuid": lambda h=handle: text(nvml.nvmlDeviceGetUUID(h)),  # type: ignore[misc]
            "name": lambda h=handle: text(nvml.nvmlDeviceGetName(h)),  # type: ignore[misc]
            "gpu_instance": lambda h=handle: int(nvml.nvmlDeviceGetGpuInstanceId(h)),  # type: ignore[misc]
            "compute_instance": lambda h=handle: int(nvml.nvmlDeviceGetComputeInstanceId(h)),  # type: ignore[misc]
            "memory": lambda h=handle: _memory(nvml, h),  # type: ignore[misc]
        }
        replies = {name: msgspec.to_builtins(reply(nvml, ask)) for name, ask in asks.items()}
        found.append({"index": index, **replies})
    return found


def _ecc_errors(error: int, counter: int) -> Callable[[Any, Any], int]:
    """error: 0 corrected, 1 uncorrected; counter: 0 since the driver's load, 1 of its life."""
    return lambda nvml, gpu: int(nvml.nvmlDeviceGetTotalEccErrors(gpu, error, counter))


def _call(name: str, *arguments: Any) -> Callable[[Any, Any], Any]:
    return lambda nvml, gpu: getattr(nvml, name)(gpu, *arguments)


# Most wanted first: what was answered before a hang is kept.
QUESTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "name": lambda nvml, gpu: text(nvml.nvmlDeviceGetName(gpu)),
    "uuid": lambda nvml, gpu: text(nvml.nvmlDeviceGetUUID(gpu)),
    "pci_bus_id": _bus_id,
    "compute_capability": _capability,
    "memory": _memory,
    "mig_mode": lambda nvml, gpu: list(nvml.nvmlDeviceGetMigMode(gpu)),
    "mig_instances": _mig_instances,
    "architecture": _call("nvmlDeviceGetArchitecture"),
    "compute_mode": _call("nvmlDeviceGetComputeMode"),
    "persistence_mode": _call("nvmlDeviceGetPersistenceMode"),
    "ecc_mode": lambda nvml, gpu: list(nvml.nvmlDeviceGetEccMode(gpu)),
    "ecc_corrected_volatile": _ecc_errors(0, 0),
    "ecc_uncorrected_volatile": _ecc_errors(1, 0),
    "ecc_corrected_aggregate": _ecc_errors(0, 1),
    "ecc_uncorrected_aggregate": _ecc_errors(1, 1),
    "remapped_rows": lambda nvml, gpu: list(nvml.nvmlDeviceGetRemappedRows(gpu)),
    "power_milliwatts": _call("nvmlDeviceGetPowerUsage"),
    "power_limit_milliwatts": _power_limit,
    "power_limit_default_milliwatts": _call("nvmlDeviceGetPowerManagementDefaultLimit"),
    "sm_clock_megahertz": _call("nvmlDeviceGetClockInfo", 1),
    "memory_clock_megahertz": _call("nvmlDeviceGetClockInfo", 2),
    "sm_clock_max_megahertz": _call("nvmlDeviceGetMaxClockInfo", 1),
    "memory_clock_max_megahertz": _call("nvmlDeviceGetMaxClockInfo", 2),
    "throttle_reasons": _throttle,
    "temperature_celsius": _temperature,
    "pcie_generation": _call("nvmlDeviceGetCurrPcieLinkGeneration"),
    "pcie_generation_max": _call("nvmlDeviceGetMaxPcieLinkGeneration"),
    "pcie_width": _call("nvmlDeviceGetCurrPcieLinkWidth"),
    "pcie_width_max": _call("nvmlDeviceGetMaxPcieLinkWidth"),
    "nvlinks": _nvlinks,
    "processes": _processes,
}
