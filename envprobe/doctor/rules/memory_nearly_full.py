"""Hardly any memory can still be used."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

NEEDED_BYTES = 2 * GIB


def _detect(examination: Examination) -> Iterator[Seen]:
    usable = examination.inventory.memory.usable_bytes
    if usable is not None and usable < NEEDED_BYTES:
        yield Seen(seen=f"{usable / (1 << 20):.0f} MiB of memory can still be used")


RULE = Rule(
    code="DOC307",
    name="memory-nearly-full",
    severity=Severity.WARNING,
    why="Importing TensorFlow alone takes about 0.5 GiB, with CUDA up to 2 GiB.",
    fix="End other programs, or raise the memory limit.",
    source="https://docs.kernel.org/filesystems/proc.html#meminfo",
    detect=_detect,
    hits=(lambda: changed(healthy_cpu(), "inventory.memory.usable_bytes", GIB),),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.memory.usable_bytes", None),
    ),
)
