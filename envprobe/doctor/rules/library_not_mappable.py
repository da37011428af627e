"""The kernel does not map a library into memory."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import GIB, changed
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "not_mappable")
    if not found:
        return
    space = examination.inventory.host.limits.address_space_bytes
    limited = "" if space is None else f"; the address space is limited to {space / GIB:.1f} GiB"
    yield Seen(
        seen=f"{found[1]}: failed to map segment from shared object{limited}",
        fix="Raise the limit: ulimit -v unlimited." if space is not None else None,
        command="ulimit -v unlimited" if space is not None else None,
    )


FAULT = "ImportError: /tmp/venv/tensorflow/libtensorflow_cc.so.2: failed to map segment from shared"

RULE = Rule(
    code="DOC626",
    name="library-not-mappable",
    severity=Severity.ERROR,
    why="The file lies on a file system that is mounted noexec (often /tmp or a home directory), "
    "or the limit of the address space is below the size of TensorFlow's libraries.",
    fix="Put the environment on a file system that allows execution (mount | grep noexec).",
    source="https://man7.org/linux/man-pages/man2/mmap.2.html",
    detect=_detect,
    hits=(
        lambda: failing(f"{FAULT} object"),
        lambda: changed(
            failing(f"{FAULT} object"), "inventory.host.limits.address_space_bytes", GIB
        ),
    ),
    misses=(lambda: failing("ImportError: /venv/x.so: file too short"),),
)
