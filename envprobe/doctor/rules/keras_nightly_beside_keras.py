"""keras and keras-nightly are installed into one folder."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import release_of
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity

PAIRS = (("keras", "keras-nightly"), ("tf-keras", "tf-keras-nightly"))


def _detect(examination: Examination) -> Iterator[Seen]:
    packages = examination.inventory.software.packages or ()
    release = release_of(examination)
    asked = None if isinstance(release, Unknown) else release.keras_distribution
    for names in PAIRS:
        found = {one.name: one for one in packages if one.name in names}
        if len(found) < 2 or len({one.folder for one in found.values()}) > 1:
            continue
        keep = found[asked if asked in found else names[0]]
        yield Seen(
            seen=", ".join(f"{one.name} {one.version}" for one in found.values())
            + f" in {keep.folder}",
            command=then(
                uninstall(examination, *names),
                install(examination, f"{keep.name}=={keep.version}"),
            ),
        )


RULE = Rule(
    code="DOC280",
    name="keras-nightly-beside-keras",
    severity=Severity.WARNING,
    why="Both own the same folder of modules: what is imported is a mixture, and uninstalling one "
    "breaks the other.",
    fix="Uninstall both, then install the one that TensorFlow asks for.",
    source="https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    detect=_detect,
    hits=(lambda: with_package(healthy_cpu(), "keras-nightly", "3.13.0.dev2026010103"),),
    misses=(
        healthy_cpu,
        lambda: with_package(
            with_package(healthy_cpu(), "keras", None), "keras-nightly", "3.13.0.dev2026010103"
        ),
    ),
)
