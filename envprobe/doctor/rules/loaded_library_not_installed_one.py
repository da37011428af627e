"""TensorFlow runs with another file of a CUDA library than the loader's order names first."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    report = examination.inventory.tensorflow
    # conda's TensorFlow takes the libraries of its own environment first.
    own = f"{examination.inventory.software.python.prefix}/"
    for library in report.loaded if report else ():
        if library.as_expected is False and not library.path.startswith(own):
            yield Seen(
                seen=f"{library.soname} was loaded from {library.path} "
                f"({library.version or 'version unknown'}), not from {library.expected_path}",
            )


def _other(as_expected: bool | None) -> Examination:
    first = "inventory.tensorflow.loaded.0"
    machine = changed(healthy_gpu(), f"{first}.path", "/opt/cuda/lib64/libcublas.so.12")
    return changed(machine, f"{first}.as_expected", as_expected)


RULE = Rule(
    code="DOC240",
    name="loaded-library-not-installed-one",
    severity=Severity.WARNING,
    why="Results and speed are those of the loaded library, whatever pip lists.",
    fix="Look for it in LD_LIBRARY_PATH, LD_PRELOAD, a RPATH, or another framework that was "
    "imported first.",
    source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
    detect=_detect,
    hits=(lambda: _other(False),),
    misses=(healthy_gpu, lambda: _other(None)),
)
