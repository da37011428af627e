"""The device of unified memory is missing, without which CUDA does not start."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import (
    container,
    gpu_nodes,
    inside,
    lists_gpus,
    nvidia_gpus,
)
from envprobe.doctor.rules._build import machine_of
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    nodes = examination.inventory.nvml.device_nodes
    if not gpu_nodes(examination) or "nvidia-uvm" in nodes or lists_gpus(examination):
        return
    if machine_of(examination) == "aarch64" and not nvidia_gpus(examination):
        return  # a Jetson, whose driver has no such device
    engine, asked = container(examination), examination.inventory.tensorflow is not None
    # On a system of its own the first CUDA program has nvidia-modprobe make the node.
    if engine is None and not asked:
        return
    yield Seen(
        seen=f"/dev has {', '.join(nodes)} and no nvidia-uvm",
        command=None if engine else as_root("nvidia-modprobe -c0 -u"),
    )


def _without_uvm(examination: Examination) -> Examination:
    return changed(examination, "inventory.nvml.device_nodes", ("nvidia0", "nvidiactl"))


def _without_devices(examination: Examination) -> Examination:
    return changed(examination, "inventory.tensorflow.devices", ())


RULE = Rule(
    code="DOC143",
    name="uvm-device-missing",
    severity=Severity.ERROR,
    why="nvidia-smi works, and every CUDA program fails at cuInit with CUDA_ERROR_UNKNOWN: "
    "TensorFlow runs on the CPU.",
    fix="Load nvidia-uvm on the host (nvidia-modprobe -c0 -u); start the container with the NVIDIA "
    "Container Toolkit, or pass the device, too (--device /dev/nvidia-uvm).",
    source="https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#device-node-verification",
    detect=_detect,
    hits=(
        lambda: inside(_without_uvm(_without_devices(healthy_gpu()))),
        lambda: _without_uvm(_without_devices(healthy_gpu())),
    ),
    misses=(
        lambda: _without_uvm(healthy_gpu()),
        lambda: _without_uvm(changed(healthy_gpu(), "inventory.tensorflow", None)),
    ),
)
