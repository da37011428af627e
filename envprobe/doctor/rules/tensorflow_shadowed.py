"""Two folders on the module search path have a TensorFlow each."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.distributions import Distribution
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    software = examination.inventory.software
    providers = software.tensorflow or ()
    if len({one.folder for one in providers}) < 2:
        return
    names = ", ".join(f"{one.name} {one.version} in {one.folder}" for one in providers)
    first = software.tensorflow_folder
    yield Seen(seen=names + (f"; the one in {first} is imported" if first else ""))


def _providers(*folders: str) -> Examination:
    distributions = tuple(
        Distribution(name="tensorflow", version=version, folder=folder, role="tensorflow")
        for version, folder in zip(("2.20.0", "2.15.1"), folders, strict=True)
    )
    return changed(healthy_cpu(), "inventory.software.tensorflow", distributions)


RULE = Rule(
    code="DOC203",
    name="tensorflow-shadowed",
    severity=Severity.WARNING,
    why="Only the first on the module search path is imported.",
    fix="Remove the other, or leave it out of PYTHONPATH and the user site (python -s).",
    source="https://docs.python.org/3/library/sys_path_init.html",
    detect=_detect,
    hits=(lambda: _providers(SITE, "/home/somebody/.local/lib"),),
    misses=(healthy_cpu, lambda: _providers(SITE, SITE)),
)
