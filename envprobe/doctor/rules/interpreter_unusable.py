"""The interpreter that was to be examined does not start or does not answer."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.python import Python
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    python = examination.inventory.software.python
    if python.version is None:
        yield Seen(seen=python.unknown.get("version", "the interpreter does not answer"))


def _silent() -> Examination:
    reason = "/opt/python/bin/python could not be started: No such file or directory"
    return changed(healthy_cpu(), "inventory.software.python", Python(unknown={"version": reason}))


RULE = Rule(
    code="DOC206",
    name="interpreter-unusable",
    severity=Severity.ERROR,
    why="Without it neither its packages nor its TensorFlow can be looked at.",
    fix="Name a working interpreter with --python.",
    source="https://docs.python.org/3/using/cmdline.html",
    detect=_detect,
    hits=(_silent,),
    misses=(healthy_cpu,),
)
