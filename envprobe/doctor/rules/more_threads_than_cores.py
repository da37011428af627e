"""A variable asks for more threads than there are cores to run them."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable, then
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import number, shown
from envprobe.terms import Severity

VARIABLES = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


def _detect(examination: Examination) -> Iterator[Seen]:
    cores = examination.inventory.cpu.quota_cores
    if cores is None:
        return
    asked = {name: number(examination, name) for name in VARIABLES}
    above = [name for name, threads in asked.items() if threads is not None and threads > cores]
    if above:
        most = str(max(int(cores), 1))
        yield Seen(
            seen=f"{', '.join(shown(examination, name) for name in above)}; {cores:g} cores can "
            "be used",
            command=then(*(set_variable(name, most) for name in above)),
        )


def _few_cores(**variables: str) -> Examination:
    return with_environ(changed(healthy_cpu(), "inventory.cpu.quota_cores", 4.0), **variables)


RULE = Rule(
    code="DOC518",
    name="more-threads-than-cores",
    severity=Severity.WARNING,
    why="The threads take turns on the cores and wait for each other at the end of every kernel; "
    "under a container's quota all of them are stopped together when it is used up.",
    fix="Ask for as many threads as there are cores that can be used.",
    source="https://www.tensorflow.org/guide/profiler",
    detect=_detect,
    hits=(
        lambda: _few_cores(TF_NUM_INTRAOP_THREADS="32"),
        lambda: _few_cores(OMP_NUM_THREADS="64", TF_NUM_INTEROP_THREADS="8"),
    ),
    misses=(
        healthy_cpu,
        lambda: _few_cores(TF_NUM_INTRAOP_THREADS="4"),
        lambda: _few_cores(OMP_NUM_THREADS="4,2"),
    ),
)
