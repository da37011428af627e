"""The driver has the GPU, and NVML counts none."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import bound_to, container, gpu_nodes, wants_no_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nvml, gpus = examination.inventory.nvml, bound_to(examination, "nvidia")
    if nvml.state != "ok" or nvml.gpus or not gpus:
        return
    engine = container(examination)
    if engine and not gpu_nodes(examination):
        return  # it was given none, which has rules of its own
    names = ", ".join(gpu.bus_id for gpu in gpus)
    yield Seen(
        seen=f"NVML counts no GPU; the driver has {names}",
        severity=Severity.INFO if wants_no_gpu(examination) else None,
    )


def _uncounted() -> Examination:
    return changed(healthy_gpu(), "inventory.nvml.gpus", ())


RULE = Rule(
    code="DOC154",
    name="gpu-on-bus-not-counted",
    severity=Severity.ERROR,
    why="The driver could not bring the GPU up, or a cgroup hides it (a scheduler gives a job the "
    "GPUs that it asked for): CUDA shows none either.",
    fix="On a cluster ask the scheduler for a GPU. Elsewhere look into dmesg for NVRM lines "
    "(RmInitAdapter failed: power, PCIe, firmware), and power-cycle the machine.",
    source="https://docs.nvidia.com/deploy/xid-errors/index.html",
    detect=_detect,
    hits=(_uncounted,),
    misses=(
        healthy_gpu,
        lambda: changed(_uncounted(), "inventory.pci_gpus.0.driver", "vfio-pci"),
        lambda: changed(_uncounted(), "inventory.nvml.state", "timed_out"),
    ),
)
