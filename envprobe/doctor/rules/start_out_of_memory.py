"""The process that imports TensorFlow is killed for its memory."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import failing, said
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    failure, memory = examination.start_failure, examination.inventory.memory
    if failure is None or failure.kind != "out_of_memory":
        return
    left = memory.usable_bytes
    could = "" if left is None else f"; {left / GIB:.1f} GiB could be used before"
    limit = memory.limit_bytes
    bound = "" if limit is None else f", the limit is {limit / GIB:.1f} GiB"
    yield Seen(seen=f"{said(examination)}{could}{bound}")


def _killed() -> Examination:
    return failing("killed by the kernel's out-of-memory killer", kind="out_of_memory")


RULE = Rule(
    code="DOC617",
    name="start-out-of-memory",
    severity=Severity.ERROR,
    why="Importing TensorFlow takes about 0.5 GiB of main memory, with CUDA up to 2 GiB, before "
    "any model is built.",
    fix="Give the container or job more memory, or end other programs.",
    source="https://docs.kernel.org/admin-guide/cgroup-v2.html",
    detect=_detect,
    hits=(_killed, lambda: changed(_killed(), "inventory.memory.limit_bytes", GIB)),
    misses=(lambda: failing("SIGKILL", kind="crashed", signal="SIGKILL"),),
)
