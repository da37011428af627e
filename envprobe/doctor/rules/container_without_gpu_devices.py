"""The container was started without the GPU that its host has."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import (
    TOOLKIT_GUIDE,
    bound_to,
    container,
    cut_off,
    gpu_nodes,
    how_to_pass_gpus,
    inside,
    wants_no_gpu,
)
from envprobe.doctor.rules.container_asks_for_no_gpu import asks_for_none
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    engine, module = container(examination), examination.inventory.nvml.kernel_module_version
    gpus = bound_to(examination, "nvidia")
    if engine is None or gpu_nodes(examination) or asks_for_none(examination):
        return
    if not gpus and module is None:
        return
    names = ", ".join(gpu.bus_id for gpu in gpus)
    shown = f"the bus shows {names}" if names else f"the host has NVIDIA's module {module}"
    yield Seen(
        seen=f"container of {engine}: {shown}, and /dev has no nvidia0",
        severity=Severity.INFO if wants_no_gpu(examination) else None,
        fix=f"Start it with {how_to_pass_gpus(examination)}",
    )


RULE = Rule(
    code="DOC144",
    name="container-without-gpu-devices",
    severity=Severity.ERROR,
    why="A container sees the GPUs that it is given: without the device files TensorFlow runs on "
    "the CPU (Could not find cuda drivers on your machine).",
    fix="Start it with the GPUs; the host needs the NVIDIA Container Toolkit.",
    source=TOOLKIT_GUIDE,
    detect=_detect,
    hits=(
        lambda: inside(cut_off()),
        lambda: inside(cut_off(kernel_module_version="570.124.06"), "kubernetes"),
    ),
    misses=(
        healthy_gpu,
        cut_off,
        lambda: inside(cut_off(device_nodes=("nvidia0", "nvidiactl", "nvidia-uvm"))),
    ),
)
