"""The NVIDIA GPU is set aside for virtual machines."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import bound_to, cut_off
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in bound_to(examination, "vfio-pci", "pci-stub", "nvgrace-gpu-vfio-pci"):
        yield Seen(
            seen=f"{gpu.bus_id} is bound to {gpu.driver}",
            # With others left to this system it is somebody's plan.
            severity=Severity.INFO if examination.gpus else None,
        )


RULE = Rule(
    code="DOC141",
    name="gpu-kept-for-virtual-machines",
    severity=Severity.WARNING,
    why="It is meant to be passed through to a guest: no program of this system can open it.",
    fix="Run TensorFlow in that guest; or take the GPU's id out of the options of vfio-pci "
    "(/etc/modprobe.d, the kernel's command line) and start the machine again.",
    source="https://docs.kernel.org/driver-api/vfio.html",
    detect=_detect,
    hits=(
        lambda: changed(cut_off(), "inventory.pci_gpus.0.driver", "vfio-pci"),
        lambda: changed(healthy_gpu(), "inventory.pci_gpus.0.driver", "vfio-pci"),
    ),
    misses=(healthy_gpu, lambda: changed(cut_off(), "inventory.pci_gpus.0.driver", None)),
)
