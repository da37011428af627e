"""This process may use fewer cores than the machine has."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, then
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def _detect(examination: Examination) -> Iterator[Seen]:
    cpu = examination.inventory.cpu
    quota, there = cpu.quota_cores, cpu.logical_cores
    if quota is None or there is None or quota >= there:
        return
    if all(name in examination.environ for name in VARIABLES):
        return  # decided; too large numbers are told by more-threads-than-cores
    threads = str(max(1, int(quota)))
    yield Seen(
        seen=f"{quota:g} of {there} cores can be used",
        command=then(*(set_variable(name, threads) for name in VARIABLES)),
    )


RULE = Rule(
    code="DOC302",
    name="cpu-limited",
    severity=Severity.INFO,
    why="TensorFlow sizes its thread pools by the cores that it may be scheduled on and knows "
    "nothing of a CPU quota: then too many threads wait for each other.",
    fix=f"Set {' and '.join(VARIABLES)} to the cores you have.",
    source="https://docs.kernel.org/scheduler/sched-bwc.html",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.cpu.quota_cores", 3.5),),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.cpu.quota_cores", None),
        lambda: with_environ(
            changed(healthy_cpu(), "inventory.cpu.quota_cores", 3.5),
            TF_NUM_INTRAOP_THREADS="3",
            TF_NUM_INTEROP_THREADS="1",
        ),
    ),
)
