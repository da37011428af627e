"""The GPU's PCIe link has fewer lanes than both of its ends could have."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import NVML_QUERIES, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        width, most = gpu.pcie_width, gpu.pcie_width_max
        # The generation falls while the GPU is idle; the width does not.
        if width and most and width < most:
            yield Seen(seen=f"{who(gpu)}: PCIe link of {width} lanes where {most} are possible")


RULE = Rule(
    code="DOC123",
    name="pcie-narrow",
    severity=Severity.INFO,
    why="Copies between host and GPU are slower by that factor.",
    fix="Reseat the card or move it to another slot; some boards share lanes between slots.",
    source=NVML_QUERIES,
    detect=_detect,
    hits=(lambda: with_gpu(pcie_width=8),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(pcie_width=8, pcie_width_max=None),
        lambda: with_gpu(pcie_generation=1),
    ),
)
