"""ECC has been turned on or off, and the machine has not been restarted since."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import NVML_QUERIES, smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        now, later = gpu.ecc_enabled, gpu.ecc_pending
        if now is not None and later is not None and now != later:
            yield Seen(
                seen=f"{who(gpu)}: ECC is {_word(now)} and will be {_word(later)} after a reset",
                command=smi(examination, gpu, "--gpu-reset"),
            )


def _word(enabled: bool) -> str:
    return "on" if enabled else "off"


RULE = Rule(
    code="DOC136",
    name="ecc-change-pending",
    severity=Severity.INFO,
    why="Memory size and bandwidth change with it on GPUs without ECC memory of their own: what "
    "is measured now will not hold then.",
    fix="Reset the GPU (nvidia-smi --gpu-reset) or reboot, or take the change back (nvidia-smi "
    "-e).",
    source=NVML_QUERIES,
    detect=_detect,
    hits=(lambda: with_gpu(ecc_pending=False),),
    misses=(healthy_gpu, lambda: with_gpu(ecc_enabled=None, ecc_pending=None)),
)
