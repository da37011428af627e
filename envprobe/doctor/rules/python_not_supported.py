"""There is no wheel of the installed TensorFlow for this Python."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_tensorflow_version, without_start
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import (
    distribution_of,
    from_conda,
    machine_of,
    python_minor,
    release_of,
    system_of,
)
from envprobe.facts.tensorflow_releases import tensorflow_releases
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    release, python = release_of(examination), python_minor(examination)
    platform = _platform(examination)
    if isinstance(release, Unknown) or python is None or platform is None:
        return
    if from_conda(examination):
        return  # it has builds for Pythons of its own choice
    pythons = release.pythons[platform]
    if not pythons or python in pythons or examination.inventory.tensorflow is not None:
        return
    fitting = [one.version for one in tensorflow_releases() if python in one.pythons[platform]]
    newest = next((one for one in reversed(fitting) if "rc" not in one), None)
    yield Seen(
        seen=f"Python {python} ({platform}); TensorFlow {release.version} has wheels for "
        f"{', '.join(pythons)}",
        fix=f"Install TensorFlow {newest}, the newest for Python {python}, or use Python "
        f"{pythons[-1]}."
        if newest
        else f"Use Python {pythons[-1]}.",
        command=install(examination, f"{distribution_of(examination)}=={newest}")
        if newest
        else None,
    )


def _platform(examination: Examination) -> str | None:
    system, machine = system_of(examination), machine_of(examination)
    if system == "Windows":
        return "windows"
    if system == "Darwin":
        return {"x86_64": "macos_x86_64", "arm64": "macos_arm64"}.get(machine or "")
    if system == "Linux" and machine in ("x86_64", "aarch64"):
        return f"linux_{machine}"
    return None


def _of(python: str, tensorflow: str) -> Examination:
    machine = without_start(with_tensorflow_version(healthy_cpu(), tensorflow))
    return changed(machine, "inventory.software.python.version", python)


RULE = Rule(
    code="DOC270",
    name="python-not-supported",
    severity=Severity.ERROR,
    why="Its compiled modules are of another Python: the import fails (No module named "
    "'tensorflow.python._pywrap_…', undefined symbol), or it was built by somebody else.",
    fix="Use a Python that the release has wheels for.",
    source="kernels_matrix/facts/tensorflow_releases.csv",
    detect=_detect,
    hits=(lambda: _of("3.13.1", "2.19.1"), lambda: _of("3.12.4", "2.15.1")),
    misses=(
        lambda: _of("3.13.1", "2.20.0"),
        lambda: _of("3.15.0", "2.99.0"),
        lambda: changed(healthy_cpu(), "inventory.software.python.version", "3.14.0"),
    ),
)
