"""The system has musl in the place of glibc."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity

WITH_MUSL = ("alpine", "postmarketos", "chimera")


def _detect(examination: Examination) -> Iterator[Seen]:
    host = examination.inventory.host
    started = examination.inventory.tensorflow is not None
    if host.os_id in WITH_MUSL and host.libc is None and not started:
        yield Seen(seen=f"{host.os or host.os_id} has musl")


def _alpine() -> Examination:
    one = changed(healthy_cpu(), "inventory.host.os_id", "alpine")
    one = changed(one, "inventory.host.libc", None)
    return changed(one, "inventory.tensorflow", None)


RULE = Rule(
    code="DOC337",
    name="libc-is-musl",
    severity=Severity.ERROR,
    why="TensorFlow's wheels are made for glibc (manylinux): pip finds no matching distribution, "
    "and files that were copied do not load.",
    fix="Use an image with glibc (python:3.12-slim, tensorflow/tensorflow, Ubuntu).",
    source="https://peps.python.org/pep-0656/",
    detect=_detect,
    hits=(_alpine,),
    misses=(healthy_cpu, lambda: changed(_alpine(), "inventory.host.libc", "glibc 2.35")),
)
