"""NVIDIA's driver is loaded and has not taken the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container, cut_off, inside, nvidia_gpus
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    module = examination.inventory.nvml.kernel_module_version
    # What a container sees of its host's GPUs, other rules tell; only the host could mend this.
    if module is None or container(examination) is not None:
        return
    for gpu in nvidia_gpus(examination):
        if gpu.driver is None:
            yield Seen(
                seen=f"{gpu.bus_id} (device {gpu.device_id}) has no driver, though NVIDIA's module "
                f"{module} is loaded",
            )


RULE = Rule(
    code="DOC142",
    name="gpu-refused-by-driver",
    severity=Severity.ERROR,
    why="The module takes GPUs that it knows: this one is newer than the branch, older than what "
    "the branch still supports, or too old for the open kernel modules (which begin with Turing). "
    "The kernel's log says which (dmesg: NVRM: The NVIDIA GPU … is not supported).",
    fix="Install the driver branch that supports this GPU, and the proprietary modules for GPUs "
    "before Turing.",
    source="https://download.nvidia.com/XFree86/Linux-x86_64/570.124.04/README/supportedchips.html",
    detect=_detect,
    hits=(
        lambda: changed(
            cut_off(kernel_module_version="570.124.06"), "inventory.pci_gpus.0.driver", None
        ),
    ),
    misses=(
        healthy_gpu,
        lambda: changed(cut_off(kernel_module_version=None), "inventory.pci_gpus.0.driver", None),
        lambda: inside(
            changed(
                cut_off(kernel_module_version="570.124.06"), "inventory.pci_gpus.0.driver", None
            )
        ),
    ),
)
