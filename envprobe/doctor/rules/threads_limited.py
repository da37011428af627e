"""The user or the container may not start as many threads as TensorFlow wants."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

POOLS = 4  # for computing, between ops, of tf.data, of numpy's BLAS: each as wide as the cores
OTHERS = 64


def _detect(examination: Examination) -> Iterator[Seen]:
    inventory = examination.inventory
    cores = inventory.cpu.usable_cores
    if cores is None:
        return
    wanted = POOLS * cores + OTHERS
    limits = {
        "pids limit of the control group": inventory.host.cgroup.pids_limit,
        "ulimit -u": inventory.host.limits.processes,
    }
    for name, limit in limits.items():
        if limit is not None and limit < wanted:
            yield Seen(seen=f"{name} {limit}; with {cores} cores TensorFlow starts about {wanted}")


RULE = Rule(
    code="DOC334",
    name="threads-limited",
    severity=Severity.WARNING,
    why="Threads count as processes. At the limit the program ends in the middle of its work: "
    "pthread_create failed, Resource temporarily unavailable, can't start new thread.",
    fix="Raise it (docker --pids-limit, ulimit -u), or let TensorFlow start fewer: "
    "TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS.",
    source="https://man7.org/linux/man-pages/man2/getrlimit.2.html",
    detect=_detect,
    hits=(
        lambda: changed(healthy_cpu(), "inventory.host.cgroup.pids_limit", 100),
        lambda: changed(healthy_cpu(), "inventory.host.limits.processes", 256),
    ),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.host.cgroup.pids_limit", 4096),
    ),
)
