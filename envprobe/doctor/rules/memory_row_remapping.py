"""A bad row of the GPU's memory has not been replaced by a spare one."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import MEMORY_ERRORS, smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        if gpu.remapping_failed:
            yield Seen(
                seen=f"{who(gpu)}: remapping of memory rows has failed",
                severity=Severity.ERROR,
                fix="Replace the GPU.",
            )
        elif gpu.remapping_pending:
            yield Seen(
                seen=f"{who(gpu)}: remapping of memory rows is pending",
                command=smi(examination, gpu, "--gpu-reset"),
            )


RULE = Rule(
    code="DOC121",
    name="memory-row-remapping",
    severity=Severity.WARNING,
    why="A bad memory row is still in use.",
    fix="Reset the GPU (nvidia-smi --gpu-reset) or reboot.",
    source=MEMORY_ERRORS,
    detect=_detect,
    hits=(
        lambda: with_gpu(remapping_pending=True),
        lambda: with_gpu(remapping_pending=True, remapping_failed=True),
    ),
    misses=(healthy_gpu, lambda: with_gpu(remapped_rows_corrected=1)),
)
