"""The GPU is divided into several MIG instances, of which a process sees one."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._gpus import who, with_gpu
from envprobe.inventory import MigInstance
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for gpu in examination.gpus:
        instances = gpu.mig_instances or ()
        if gpu.mig_enabled and len(instances) > 1:
            last = instances[-1].uuid
            yield Seen(
                seen=f"{who(gpu)}: MIG is on with {len(instances)} instances",
                command=set_variable("CUDA_VISIBLE_DEVICES", last) if last else None,
            )


def _divided(count: int) -> Examination:
    instances = tuple(MigInstance(index=n, uuid=f"MIG-{n}") for n in range(count))
    return with_gpu(mig_enabled=True, mig_pending=True, mig_instances=instances)


RULE = Rule(
    code="DOC116",
    name="mig-one-instance-only",
    severity=Severity.INFO,
    why="A process sees one instance at most, so TensorFlow cannot train across them.",
    fix="Start one process an instance, each with its MIG UUID in CUDA_VISIBLE_DEVICES.",
    source="https://docs.nvidia.com/datacenter/tesla/mig-user-guide/",
    detect=_detect,
    hits=(lambda: _divided(2),),
    misses=(healthy_gpu, lambda: _divided(1)),
)
