"""MIG has been turned on or off, and the GPU has not been reset since."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        now, later = gpu.mig_enabled, gpu.mig_pending
        if now is not None and later is not None and now != later:
            yield Seen(
                seen=f"{who(gpu)}: MIG is {_word(now)} and will be {_word(later)} after a reset",
                command=smi(examination, gpu, "--gpu-reset"),
            )


def _word(enabled: bool) -> str:
    return "on" if enabled else "off"


RULE = Rule(
    code="DOC133",
    name="mig-change-pending",
    severity=Severity.INFO,
    why="What TensorFlow sees changes with the next reset or reboot: the whole GPU, or instances.",
    fix="Reset the GPU (nvidia-smi --gpu-reset) or reboot, or take the change back (nvidia-smi "
    "-mig).",
    source="https://docs.nvidia.com/datacenter/tesla/mig-user-guide/",
    detect=_detect,
    hits=(lambda: with_gpu(mig_pending=True),),
    misses=(healthy_gpu, lambda: with_gpu(mig_enabled=None, mig_pending=None)),
)
