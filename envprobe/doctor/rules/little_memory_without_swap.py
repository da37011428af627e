"""There is little memory, and no swap to fall back on."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

LITTLE_BYTES = 4 * GIB
TOO_LITTLE_BYTES = 2 * GIB  # has a rule of its own


def _detect(examination: Examination) -> Iterator[Seen]:
    memory = examination.inventory.memory
    usable, swap = memory.usable_bytes, memory.swap_total_bytes
    if usable is not None and TOO_LITTLE_BYTES <= usable < LITTLE_BYTES and swap == 0:
        yield Seen(seen=f"{usable / GIB:.1f} GiB can be used, and there is no swap")


def _small(usable_bytes: int, swap_bytes: int) -> Examination:
    one = changed(healthy_cpu(), "inventory.memory.usable_bytes", usable_bytes)
    return changed(one, "inventory.memory.swap_total_bytes", swap_bytes)


RULE = Rule(
    code="DOC331",
    name="little-memory-without-swap",
    severity=Severity.INFO,
    why="When it is full the kernel kills a process at once (Killed, exit code 137), most often "
    "the training run: saving a model or compiling a graph takes memory for a moment.",
    fix="Add memory or some GiB of swap.",
    source="https://docs.kernel.org/admin-guide/sysctl/vm.html",
    detect=_detect,
    hits=(lambda: _small(3 * GIB, 0),),
    misses=(healthy_cpu, lambda: _small(3 * GIB, GIB), lambda: _small(GIB, 0)),
)
