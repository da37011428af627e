"""A Python package that TensorFlow imports is not installed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting
from envprobe.terms import Severity

# Module -> distribution, where the names differ.
DISTRIBUTIONS = {
    "absl": "absl-py",
    "google": "protobuf",
    "opt_einsum": "opt_einsum",
    "pasta": "google-pasta",
    "clang": "libclang",
    "pkg_resources": "setuptools<81",
    "distutils": "setuptools",
}


def _detect(examination: Examination) -> Iterator[Seen]:
    found = blames(examination, "package")
    if found:
        name = found[1].partition(".")[0]
        yield Seen(
            seen=f"no module {found[1]}",
            command=_command(examination, DISTRIBUTIONS.get(name, name)),
        )


def _command(examination: Examination, distribution: str) -> str:
    if "<" in distribution:
        return install(examination, distribution)
    return fitting(examination, distribution, "")


RULE = Rule(
    code="DOC619",
    name="python-package-missing",
    severity=Severity.ERROR,
    why="TensorFlow was installed without what it needs (--no-deps, an interrupted installation), "
    "another package took it away, or it is in another environment than this interpreter's.",
    fix="Install what is missing, or install TensorFlow again with everything that it needs.",
    source="https://packaging.python.org/en/latest/specifications/core-metadata/#requires-dist-multiple-use",
    detect=_detect,
    hits=(
        lambda: failing("ModuleNotFoundError: No module named 'absl'"),
        lambda: failing("ModuleNotFoundError: No module named 'distutils'"),
    ),
    misses=(
        lambda: failing("ModuleNotFoundError: No module named 'tensorflow'", kind="missing"),
        lambda: failing("ModuleNotFoundError: No module named 'tensorflow.core'"),
    ),
)
