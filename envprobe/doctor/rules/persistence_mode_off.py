"""The driver unloads the GPU's state whenever nobody uses the GPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.inventory.host.surroundings.wsl not in (None, "none"):
        return  # there Windows keeps the driver loaded
    for gpu in examination.gpus:
        if gpu.persistence_mode is False:
            yield Seen(
                seen=f"{who(gpu)}: persistence mode is off",
                command=smi(examination, gpu, "-pm 1"),
            )


def _off() -> Examination:
    return with_gpu(persistence_mode=False)


RULE = Rule(
    code="DOC124",
    name="persistence-mode-off",
    severity=Severity.INFO,
    why="Every program that finds the GPU unused waits until the driver has set it up again, "
    "seconds on machines with many GPUs; settings and volatile error counts are lost each time.",
    fix="Turn it on (nvidia-smi -pm 1, as root) or let nvidia-persistenced run; in a container, on "
    "the host.",
    source="https://docs.nvidia.com/deploy/driver-persistence/index.html",
    detect=_detect,
    hits=(_off,),
    misses=(
        healthy_gpu,
        lambda: with_gpu(persistence_mode=None),
        lambda: changed(_off(), "inventory.host.surroundings.wsl", "wsl2"),
    ),
)
