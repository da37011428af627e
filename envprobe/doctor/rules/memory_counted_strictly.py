"""The kernel promises no more memory than there is."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._access import container
from envprobe.terms import Severity

ENOUGH_BYTES = 16 * GIB


def _detect(examination: Examination) -> Iterator[Seen]:
    host, memory = examination.inventory.host, examination.inventory.memory
    limit, committed = memory.commit_limit_bytes, memory.committed_bytes
    if host.limits.overcommit != "strict":
        return
    left = None if limit is None or committed is None else max(limit - committed, 0)
    told = "" if left is None else f"; {left / GIB:.1f} GiB may still be promised"
    yield Seen(
        seen=f"vm.overcommit_memory=2{told}",
        severity=Severity.INFO if left is None or left >= ENOUGH_BYTES else None,
        command=None if container(examination) else as_root("sysctl vm.overcommit_memory=0"),
    )


def _strict(left_bytes: int) -> Examination:
    one = changed(healthy_cpu(), "inventory.host.limits.overcommit", "strict")
    one = changed(one, "inventory.memory.commit_limit_bytes", 100 * GIB)
    return changed(one, "inventory.memory.committed_bytes", 100 * GIB - left_bytes)


RULE = Rule(
    code="DOC332",
    name="memory-counted-strictly",
    severity=Severity.WARNING,
    why="TensorFlow and CUDA reserve far more address space than they use, and starting a process "
    "doubles it for a moment: both fail with Cannot allocate memory although memory is free.",
    fix="Have the kernel count as usual (vm.overcommit_memory=0).",
    source="https://docs.kernel.org/mm/overcommit-accounting.html",
    detect=_detect,
    hits=(lambda: _strict(2 * GIB), lambda: _strict(80 * GIB)),
    misses=(
        healthy_cpu,
        lambda: changed(_strict(2 * GIB), "inventory.host.limits.overcommit", "heuristic"),
    ),
)
