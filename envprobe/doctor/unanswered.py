"""What could not be told about a machine, of what doctor's rules ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envprobe.doctor.result import DoctorResult
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown
from envprobe.inventory import Inventory

# What it is called -> where it stands in the inventory.
ASKED = {
    "the operating system": ("host", "os"),
    "the C library": ("host", "libc"),
    "the CPU's instruction sets": ("cpu", "isa"),
    "the CPU cores that may be used": ("cpu", "usable_cores"),
    "the memory": ("memory", "total_bytes"),
    "the interpreter": ("software", "python", "version"),
    "the installed packages": ("software", "packages"),
    "the shared libraries": ("software", "libraries"),
    "the CUDA toolkits": ("software", "toolkits"),
}


def unanswered(result: DoctorResult) -> Iterator[tuple[str, str]]:
    """What is not known, and why; only where a rule of severity warning or error needs it."""
    inventory = result.inventory
    for what, path in ASKED.items():
        if (reason := _reason(inventory, path)) is not None:
            yield what, reason
    yield from _gpus(inventory)
    # Where a rule knows why it did not start, the finding has said it.
    if result.asked_tensorflow and inventory.tensorflow is None and not result.blocked:
        yield "what TensorFlow says of itself", inventory.unknown.get("tensorflow", "not told")
    yield from _release(result)


def _reason(inventory: Inventory, path: tuple[str, ...]) -> str | None:
    holder: Any = inventory
    for name in path[:-1]:
        holder = getattr(holder, name)
    if getattr(holder, path[-1]) is not None:
        return None
    return str(holder.unknown.get(path[-1], "not told"))


def _gpus(inventory: Inventory) -> Iterator[tuple[str, str]]:
    nvml = inventory.nvml
    if nvml.state == "ok" or not any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus):
        return
    yield "the state of the GPUs", nvml.reason or nvml.state


def _release(result: DoctorResult) -> Iterator[tuple[str, str]]:
    version = result.examination.tensorflow
    if version is None or result.forecast is not None:
        return
    release = tensorflow_release(str(version))
    if isinstance(release, Unknown):
        yield "what this TensorFlow was made for", release.reason
