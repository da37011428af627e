"""A library is put before all others in every process."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    missing = {one.variable for one in examination.inventory.settings.missing_paths}
    # One that is not there is not loaded: named-path-missing tells that.
    if examination.environ.get("LD_PRELOAD", "").strip() and "LD_PRELOAD" not in missing:
        yield Seen(seen=shown(examination, "LD_PRELOAD"))


RULE = Rule(
    code="DOC519",
    name="library-preloaded",
    severity=Severity.INFO,
    why="Its functions answer instead of the C library's or CUDA's: an allocator changes memory "
    "and speed, a tracer or a GPU-sharing layer changes what TensorFlow sees of the GPU.",
    fix="Unset LD_PRELOAD when you look for a crash or compare timings.",
    source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
    detect=_detect,
    hits=(lambda: with_environ(healthy_cpu(), LD_PRELOAD="/usr/lib/libtcmalloc.so.4"),),
    misses=(healthy_cpu, lambda: with_environ(healthy_cpu(), LD_PRELOAD="")),
)
