"""The GPU's PCIe link stays at an older generation while the GPU is at work."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import NVML_QUERIES, at_work, who, with_gpu, working
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        generation, most = gpu.pcie_generation, gpu.pcie_generation_max
        if generation and most and generation < most and at_work(gpu):
            yield Seen(
                seen=f"{who(gpu)}: PCIe generation {generation} under load, where {most} is "
                "possible",
            )


RULE = Rule(
    code="DOC129",
    name="pcie-slow",
    severity=Severity.WARNING,
    why="Each generation halves what the next one copies in a second: input pipelines and "
    "gradients between GPUs wait for the link.",
    fix="Look for the slot's generation in the firmware's settings, reseat the card, and check "
    "risers and cables; look into dmesg for corrected PCIe errors (AER).",
    source=NVML_QUERIES,
    detect=_detect,
    hits=(lambda: working(pcie_generation=1), lambda: working(pcie_generation=3)),
    misses=(
        healthy_gpu,
        # An idle GPU lowers the generation to save power.
        lambda: with_gpu(pcie_generation=1, throttle_reasons=("gpu_idle",)),
        lambda: working(pcie_generation=3, pcie_generation_max=3),
        lambda: working(pcie_generation=1, sm_clock_hertz=2.1e8),
    ),
)
