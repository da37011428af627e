"""MIG is on, and the GPU has not been divided into instances."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import smi, who, with_gpu
from envprobe.doctor.rules._visible import gpus_in_use
from envprobe.inventory import MigInstance
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in gpus_in_use(examination):
        if gpu.mig_enabled and gpu.mig_instances == ():
            yield Seen(
                seen=f"{who(gpu)}: MIG is on and no instance exists",
                command=smi(examination, gpu, "-mig 0"),
            )


RULE = Rule(
    code="DOC115",
    name="mig-without-instance",
    severity=Severity.ERROR,
    why="CUDA can use a GPU in MIG mode only through an instance.",
    fix="Turn MIG off (nvidia-smi -mig 0), or make an instance (nvidia-smi mig -cgi 0 -C makes one "
    "of the whole GPU); in a container, on the host.",
    source="https://docs.nvidia.com/datacenter/tesla/mig-user-guide/",
    detect=_detect,
    hits=(lambda: with_gpu(mig_enabled=True, mig_pending=True),),
    misses=(
        healthy_gpu,
        lambda: with_gpu(mig_enabled=True, mig_instances=None),
        lambda: with_gpu(mig_enabled=True, mig_instances=(MigInstance(index=0),)),
    ),
)
