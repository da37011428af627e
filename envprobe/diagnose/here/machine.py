"""This machine now, as far as it is looked at for a diagnosis: doctor's findings and inventory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

from envprobe.doctor.examine import examine
from envprobe.doctor.result import DoctorResult
from envprobe.inventory import Gpu, Inventory
from envprobe.inventory.guard import answer_within

# Half a second without a GPU; a driver that has to be loaded first takes some.
LOOK_SECONDS = 6.0
# How Python names platforms (sysconfig.get_platform()) -> what a log is told to be of.
PLATFORMS = {"linux": "linux", "macosx": "macos", "win": "windows", "win32": "windows"}
NOT_LOOKED_AT = "this machine was not looked at"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What doctor found, or `unknown`: why it is not known. `owner` names a process's user.

    `looked` is False where nobody wanted to know.
    """

    looked: bool = True
    examined: DoctorResult | None = None
    unknown: str = NOT_LOOKED_AT
    now: datetime
    owner: Callable[[int], str | None]

    @property
    def inventory(self) -> Inventory | None:
        return self.examined.inventory if self.examined else None


def look_at_this_machine() -> Machine:
    """Doctor's view of this machine without TensorFlow, within a few seconds. Never raises."""
    answer = answer_within(LOOK_SECONDS, lambda: examine(tensorflow=False), "this machine")
    return Machine(
        examined=answer.value,
        unknown=f"this machine could not be looked at: {answer.reason}",
        now=_now(),
        owner=owner_of,
    )


def not_looked_at() -> Machine:
    """Nothing of this machine."""
    return Machine(looked=False, now=_now(), owner=owner_of)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def owner_of(pid: int) -> str | None:
    """The user whose process it is; None for one that is gone, or not of this namespace."""
    import psutil  # takes a while to import, and only full GPUs ask

    try:
        return str(psutil.Process(pid).username())
    except (psutil.Error, OSError, ValueError, KeyError):
        return None


def gpus_here(inventory: Inventory) -> tuple[Gpu, ...] | None:
    """The NVIDIA GPUs; None where it is not known whether there are more."""
    nvml = inventory.nvml
    if nvml.state == "ok":
        return nvml.gpus
    nvidia = any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus)
    traces = bool(nvml.device_nodes or nvml.kernel_module_version)
    return () if nvml.state == "absent" and not (nvidia or traces) else None


def gpus_unknown(inventory: Inventory) -> str:
    """Why NVML tells nothing of GPUs."""
    if gpus_here(inventory) == ():
        return "this machine has no NVIDIA GPU"
    return f"NVML does not answer here: {inventory.nvml.reason or inventory.nvml.state}"


def platform_of(inventory: Inventory) -> str | None:
    """`linux`, `macos` or `windows`; WSL is a Linux."""
    named = (inventory.software.python.platform or "").partition("-")[0]
    return PLATFORMS.get(named)
