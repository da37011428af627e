"""Main memory is short, and programs are being moved to swap."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

LEAST_AVAILABLE = 0.1  # of the whole
LEAST_SWAPPED = 0.1


def _detect(examination: Examination) -> Iterator[Seen]:
    memory = examination.inventory.memory
    total, available = memory.total_bytes, memory.available_bytes
    swap, free = memory.swap_total_bytes, memory.swap_free_bytes
    if not total or available is None or not swap or free is None:
        return
    used = swap - free
    # What has been swapped out long ago does no harm while there is memory to be had.
    if available < total * LEAST_AVAILABLE and used > total * LEAST_SWAPPED:
        yield Seen(
            seen=f"{used / GIB:.1f} GiB in swap, {available / GIB:.1f} of {total / GIB:.1f} GiB of "
            "memory available",
        )


def _swapping(available_bytes: int, swap_free_bytes: int) -> Examination:
    one = changed(healthy_cpu(), "inventory.memory.total_bytes", 32 * GIB)
    one = changed(one, "inventory.memory.available_bytes", available_bytes)
    return changed(one, "inventory.memory.swap_free_bytes", swap_free_bytes)


RULE = Rule(
    code="DOC330",
    name="swap-in-use",
    severity=Severity.WARNING,
    why="A page on disk takes a thousand times as long as one in memory: data loading stalls and "
    "the GPU waits.",
    fix="End other programs, load less at once (tf.data without cache() or with smaller shuffle "
    "buffers), or add memory.",
    source="https://docs.kernel.org/admin-guide/mm/concepts.html",
    detect=_detect,
    hits=(lambda: _swapping(GIB, GIB),),
    misses=(healthy_cpu, lambda: _swapping(24 * GIB, GIB), lambda: _swapping(GIB, 8 * GIB)),
)
