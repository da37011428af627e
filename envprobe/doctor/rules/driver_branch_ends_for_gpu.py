"""NVIDIA's newer driver branches no longer drive the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._driver import driver_is_readable
from envprobe.doctor.rules._gpu_code import shown_gpus
from envprobe.facts.driver_architectures import is_driven, last_driver_for
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    driver = examination.inventory.nvml.driver_version
    if driver is None or not driver_is_readable(driver):
        return
    for gpus in shown_gpus(examination):
        last = last_driver_for(gpus.capability)
        if last is None:
            continue
        seen = f"{gpus.who}, {last.architecture}: driver {driver}; the last branch for it is "
        if is_driven(gpus.capability, driver):
            yield Seen(seen=f"{seen}{last.last_branch}")
        else:
            yield Seen(
                severity=Severity.ERROR,
                seen=f"{seen}{last.last_branch}",
                fix=f"Install driver branch {last.last_branch}.",
            )


RULE = Rule(
    code="DOC260",
    name="driver-branch-ends-for-gpu",
    severity=Severity.INFO,
    why="After an update of the driver beyond that branch the GPU is gone: no CUDA program, and no "
    "nvidia-smi, sees it any more.",
    fix="Hold the driver at that branch when the system is updated.",
    source="kernels_matrix/facts/driver_architectures.csv",
    detect=_detect,
    hits=(
        lambda: with_gpu(healthy_gpu(), "Tesla V100-SXM2-16GB", "7.0"),
        lambda: changed(
            with_gpu(healthy_gpu(), "Tesla P100-PCIE-16GB", "6.0"),
            "inventory.nvml.driver_version",
            "590.44.01",
        ),
    ),
    misses=(healthy_gpu, lambda: with_gpu(healthy_gpu(), "Tesla T4", "7.5")),
)
