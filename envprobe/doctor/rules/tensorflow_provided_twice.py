"""Two distributions install the module `tensorflow` into one folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from envprobe.doctor.commands import install, then, uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import SITE, changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.distributions import Distribution
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    by_folder: dict[str, list[Distribution]] = defaultdict(list)
    for provider in examination.inventory.software.tensorflow or ():
        by_folder[provider.folder].append(provider)
    for folder, several in by_folder.items():
        if len(several) > 1:
            names = ", ".join(f"{one.name} {one.version}" for one in several)
            keep = max(several, key=lambda one: one.name == "tensorflow")
            # A vendor's build (`2.17.0+nv25.1`) could not be installed again from PyPI.
            vendors = any("+" in one.version for one in several)
            yield Seen(
                seen=f"{names} all install the module tensorflow into {folder}",
                command=None
                if vendors
                else then(
                    uninstall(examination, *(one.name for one in several)),
                    install(examination, f"{keep.name}=={keep.version}"),
                ),
            )


def _providers(*folders: str) -> Examination:
    distributions = tuple(
        Distribution(name=name, version="2.20.0", folder=folder, role="tensorflow")
        for name, folder in zip(("tensorflow", "tensorflow-cpu"), folders, strict=True)
    )
    return changed(healthy_cpu(), "inventory.software.tensorflow", distributions)


RULE = Rule(
    code="DOC202",
    name="tensorflow-provided-twice",
    severity=Severity.ERROR,
    why="Each has overwritten files of the other: what is imported is a mixture of both, and "
    "uninstalling one breaks the other.",
    fix="Uninstall all of them, then install the one you want.",
    source="https://packaging.python.org/en/latest/specifications/recording-installed-packages/",
    detect=_detect,
    hits=(lambda: _providers(SITE, SITE),),
    misses=(healthy_cpu, lambda: _providers(SITE, "/home/somebody/.local/lib")),
)
