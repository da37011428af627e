"""glibc refuses a library that asks for an executable stack."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "executable_stack")
    if found:
        yield Seen(
            seen=f"{found[1]} asks for an executable stack ({examination.inventory.host.libc})"
            if examination.inventory.host.libc
            else f"{found[1]} asks for an executable stack",
            command=f"patchelf --clear-execstack {found[1]}" if found[1].startswith("/") else None,
        )


RULE = Rule(
    code="DOC624",
    name="executable-stack-refused",
    severity=Severity.ERROR,
    why="From glibc 2.41 on dlopen no longer makes the stack executable for a library that is "
    "marked so; some older wheels are, by oversight.",
    fix="Clear the mark (patchelf --clear-execstack FILE), or install a newer TensorFlow.",
    source="https://sourceware.org/glibc/wiki/Release/2.41",
    detect=_detect,
    hits=(
        lambda: failing(
            "ImportError: /venv/lib/python3.11/site-packages/tensorflow/libtensorflow_cc.so.2: "
            "cannot enable executable stack as shared object requires: Invalid argument"
        ),
    ),
    misses=(lambda: failing("ImportError: /venv/x.so: file too short"),),
)
