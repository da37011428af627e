"""The GPU's memory has had errors that ECC could not mend, since the driver was loaded."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        if gpu.ecc_uncorrected_volatile:
            yield Seen(
                seen=f"{who(gpu)}: {gpu.ecc_uncorrected_volatile} uncorrectable memory errors "
                "since the driver was loaded",
                command=smi(examination, gpu, "--gpu-reset"),
            )


RULE = Rule(
    code="DOC120",
    name="ecc-uncorrected",
    severity=Severity.ERROR,
    why="Each kills the program that meets it (Xid 48, 63, 64, 94, 95).",
    fix="Reset the GPU (nvidia-smi --gpu-reset) or reboot; when they come again, replace it.",
    source="https://docs.nvidia.com/deploy/xid-errors/index.html",
    detect=_detect,
    hits=(lambda: with_gpu(ecc_uncorrected_volatile=2),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(ecc_uncorrected_aggregate=2),
        lambda: with_gpu(ecc_uncorrected_volatile=None),
    ),
)
