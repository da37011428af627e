"""The GPU could correct memory errors, and this is turned off."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import NVML_QUERIES, smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        # GPUs that cannot refuse the question, so that False is a choice.
        if gpu.ecc_enabled is False and not gpu.ecc_pending:
            yield Seen(seen=f"{who(gpu)}: ECC is off", command=smi(examination, gpu, "-e 1"))


RULE = Rule(
    code="DOC137",
    name="ecc-off",
    severity=Severity.INFO,
    why="A flipped bit in the GPU's memory goes unnoticed, and weights or results are wrong.",
    fix="Turn it on (nvidia-smi -e 1, then reset); workstation GPUs come without, and some lose "
    "memory and bandwidth to it.",
    source=NVML_QUERIES,
    detect=_detect,
    hits=(lambda: with_gpu(ecc_enabled=False, ecc_pending=False),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(ecc_enabled=None, ecc_pending=None),
        lambda: with_gpu(ecc_enabled=False, ecc_pending=True),
    ),
)
