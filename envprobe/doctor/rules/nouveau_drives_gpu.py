"""The open-source driver nouveau has the NVIDIA GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root, then
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import bound_to, container, cut_off
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    ours = examination.inventory.host.os_id == "ubuntu" and container(examination) is None
    # The driver's package keeps nouveau away.
    command = then(as_root("ubuntu-drivers install"), as_root("reboot")) if ours else None
    for gpu in bound_to(examination, "nouveau", "nova_core", "nova"):
        yield Seen(seen=f"{gpu.bus_id} is driven by {gpu.driver}", command=command)


RULE = Rule(
    code="DOC140",
    name="nouveau-drives-gpu",
    severity=Severity.ERROR,
    why="CUDA works with NVIDIA's driver alone, and a GPU has one driver at a time: TensorFlow "
    "runs on the CPU.",
    fix="Install NVIDIA's driver and start the machine again; where its package does not do it, "
    "keep nouveau from loading (blacklist nouveau in /etc/modprobe.d, then a new initramfs).",
    source="https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#disabling-nouveau",
    detect=_detect,
    hits=(lambda: changed(cut_off(), "inventory.pci_gpus.0.driver", "nouveau"),),
    misses=(healthy_gpu, lambda: changed(healthy_gpu(), "inventory.pci_gpus.0.vendor", "AMD")),
)
