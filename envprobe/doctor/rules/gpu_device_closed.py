"""This user may not open the GPU's device files."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container, gpu_nodes, lists_gpus
from envprobe.inventory.pci import ClosedNode
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    closed = examination.inventory.nvml.closed_nodes
    if not closed:
        return
    named = ", ".join(f"/dev/{node.name} ({node.group}, {node.mode})" for node in closed)
    groups = sorted({node.group for node in closed if node.mode[-2:-1] in "67"} - {"root"})
    joins = groups and container(examination) is None
    yield Seen(
        severity=Severity.INFO if _leaves_some(examination) else None,
        seen=f"not open to this user: {named}",
        command=as_root(f"usermod -aG {','.join(groups)} $USER") if joins else None,
    )


def _leaves_some(examination: Examination) -> bool:
    """Whether only GPUs of others are closed, as some clusters do it, or TensorFlow lists one."""
    closed = {node.name for node in examination.inventory.nvml.closed_nodes}
    gpus = set(gpu_nodes(examination))
    return lists_gpus(examination) or (closed <= gpus and bool(gpus - closed))


def _closed(*nodes: ClosedNode) -> Examination:
    return changed(healthy_gpu(), "inventory.nvml.closed_nodes", nodes)


RULE = Rule(
    code="DOC152",
    name="gpu-device-closed",
    severity=Severity.ERROR,
    why="CUDA opens each of them for reading and writing; without that it shows no GPU.",
    fix="Join the group that owns them (then log in anew), or have the driver make them for all "
    "(options nvidia NVreg_DeviceFileMode=0666). In a container, run as a user who may, or pass "
    "the devices with their permissions; on a cluster, ask the scheduler for a GPU.",
    source="https://download.nvidia.com/XFree86/Linux-x86_64/570.124.04/README/faq.html",
    detect=_detect,
    hits=(
        lambda: _closed(
            ClosedNode(name="nvidiactl", group="video", mode="660"),
            ClosedNode(name="nvidia-uvm", group="video", mode="660"),
        ),
        lambda: _closed(ClosedNode(name="nvidia0", group="root", mode="600")),
    ),
    misses=(healthy_gpu,),
)
