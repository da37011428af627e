"""LD_LIBRARY_PATH puts another CUDA library before the one that pip installed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from envprobe.doctor.commands import set_variable, unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.libraries import Library
from envprobe.terms import Severity

VARIABLE = "LD_LIBRARY_PATH"


def _detect(examination: Examination) -> Iterator[Seen]:
    by_soname: dict[str, list[Library]] = defaultdict(list)
    for library in examination.inventory.software.libraries or ():
        if library.order is not None:
            by_soname[library.soname].append(library)
    for soname, places in by_soname.items():
        first = min(places, key=lambda one: one.order or 0)
        wheel = next((one for one in places if one.source == "site-packages"), None)
        if wheel is not None and first.source == VARIABLE:
            yield Seen(
                seen=f"{soname}: {_told(first)} comes before {_told(wheel)}",
                command=_without(examination, str(Path(first.path).parent)),
            )


def _told(library: Library) -> str:
    return f"{library.path} ({library.version or 'version unknown'})"


def _without(examination: Examination, folder: str) -> str:
    entries = examination.environ.get(VARIABLE, "").split(":")
    kept = [entry for entry in entries if entry and entry.rstrip("/") != folder]
    return set_variable(VARIABLE, ":".join(kept)) if kept else unset_variable(VARIABLE)


def shadowed(environ: str = "/usr/local/cuda/lib64:/opt/lib") -> Examination:
    """The GPU machine with an older cuDNN in a folder that is searched first."""
    machine = with_environ(healthy_gpu(), LD_LIBRARY_PATH=environ)
    other = Library(
        name="cudnn",
        soname="libcudnn.so.9",
        path="/usr/local/cuda/lib64/libcudnn.so.9",
        source=VARIABLE,
        order=0,
        version="9.0.0",
    )
    libraries = machine.inventory.software.libraries or ()
    place = next(n for n, one in enumerate(libraries) if one.name == "cudnn")
    later = changed(machine, f"inventory.software.libraries.{place}.order", 1)
    found = (other, *(later.inventory.software.libraries or ()))
    return changed(later, "inventory.software.libraries", found)


RULE = Rule(
    code="DOC211",
    name="library-shadowed",
    severity=Severity.WARNING,
    why="LD_LIBRARY_PATH goes before the wheels' folders: TensorFlow runs with a library that it "
    "was not installed with.",
    fix="Unset LD_LIBRARY_PATH, or take that folder out of it.",
    source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
    detect=_detect,
    hits=(shadowed, lambda: shadowed("/usr/local/cuda/lib64/")),
    misses=(healthy_gpu, lambda: with_environ(healthy_gpu(), LD_LIBRARY_PATH="/opt/lib")),
)
