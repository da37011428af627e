"""What the rules on NVML's states share: the evidence, and machines in such a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Detect, Seen
from envprobe.inventory.nvml import Nvml

NVML_CODES = "https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html"


def shows_gpu(examination: Examination) -> bool:
    """Whether anything shows an NVIDIA GPU: the bus, a loaded module, a node in /dev.

    The last two also tell where the bus is hidden (sandboxes).
    """
    inventory = examination.inventory
    nodes = any(node.startswith("nvidia") for node in inventory.nvml.device_nodes)
    on_bus = any(gpu.vendor == "NVIDIA" for gpu in inventory.pci_gpus)
    return on_bus or nodes or inventory.nvml.kernel_module_version is not None


def in_state(state: str) -> Detect:
    """Sees NVML in that state, with what it said of itself."""

    def detect(examination: Examination) -> Iterator[Seen]:
        if examination.inventory.nvml.state == state:
            yield Seen(seen=said(examination.inventory.nvml))

    return detect


def said(nvml: Nvml) -> str:
    """NVML's own reason, and the kernel module that is loaded."""
    module = nvml.kernel_module_version
    return (nvml.reason or nvml.state) + (f" (kernel module {module})" if module else "")


def with_nvml(state: str, reason: str, **others: Any) -> Examination:
    """The healthy machine, whose NVML is in that state and lists no GPU."""
    nvml = Nvml(state=state, reason=reason, **others)
    return changed(healthy_gpu(), "inventory.nvml", nvml)


def without_gpu(examination: Examination) -> Examination:
    """The machine with an empty bus."""
    return changed(examination, "inventory.pci_gpus", ())
