"""There are fewer CPU cores than it takes to feed the GPUs."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

LEAST_CORES = 2  # for each GPU: one launches kernels, one prepares data
GOOD_CORES = 4


def _detect(examination: Examination) -> Iterator[Seen]:
    cores = examination.inventory.cpu.quota_cores
    gpus = sum(gpu.cuda_index is not None for gpu in examination.gpus)
    if cores is None or not gpus or cores >= gpus * GOOD_CORES:
        return
    yield Seen(
        seen=f"{cores:g} cores for {gpus} GPU{'s' if gpus > 1 else ''}",
        severity=Severity.WARNING if cores < gpus * LEAST_CORES else None,
    )


def _cores(number: float) -> Examination:
    return changed(healthy_gpu(), "inventory.cpu.quota_cores", number)


RULE = Rule(
    code="DOC333",
    name="few-cores-for-gpus",
    severity=Severity.INFO,
    why="Decoding and shuffling data and launching kernels are done by the CPU: with too few cores "
    "the GPU waits (its utilisation swings), whatever its speed.",
    fix="Ask for more cores (docker --cpus, the scheduler's cores per task), or prepare the data "
    "beforehand and cache it.",
    source="https://www.tensorflow.org/guide/data_performance",
    detect=_detect,
    hits=(lambda: _cores(1.0), lambda: _cores(3.0)),
    misses=(healthy_gpu, lambda: changed(healthy_cpu(), "inventory.cpu.quota_cores", 1.0)),
)
