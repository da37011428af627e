"""A library comes too late to get its thread-local memory."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "static_tls")
    if found:
        path = found[1]
        command = set_variable("LD_PRELOAD", path) if path.startswith("/") else None
        yield Seen(seen=f"{path}: cannot allocate memory in static TLS block", command=command)


RULE = Rule(
    code="DOC625",
    name="static-tls-exhausted",
    severity=Severity.ERROR,
    why="glibc keeps little thread-local memory for libraries that are loaded late; another "
    "framework that was imported first has used it up (seen on Arm with libgomp).",
    fix="Load that library first (LD_PRELOAD), or import TensorFlow before the other framework.",
    source="https://www.gnu.org/software/libc/manual/html_node/Dynamic-Linking-Tunables.html",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /lib/aarch64-linux-gnu/libgomp.so.1: cannot allocate memory in static "
            "TLS block"
        ),
    ),
    misses=(lambda: failing("ImportError: /venv/x.so: file too short"),),
)
