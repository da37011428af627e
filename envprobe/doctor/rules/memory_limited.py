"""A limit leaves this process less than half of the machine's memory."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    memory = examination.inventory.memory
    total, limit = memory.total_bytes, memory.limit_bytes
    if total and limit and limit < total / 2:
        yield Seen(seen=f"{limit / GIB:.1f} of {total / GIB:.1f} GiB may be used")


RULE = Rule(
    code="DOC303",
    name="memory-limited",
    severity=Severity.INFO,
    why="The control group's limit, not the machine's memory, decides when the kernel kills the "
    "run.",
    fix="Raise the container's or job's memory limit if the run needs more.",
    source="https://docs.kernel.org/admin-guide/cgroup-v2.html#memory",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.memory.limit_bytes", 64 * GIB),),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.memory.limit_bytes", 200 * GIB),
    ),
)
