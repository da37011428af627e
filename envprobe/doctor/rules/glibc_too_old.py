"""The system's C library is older than the one TensorFlow's wheel was built for."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import (
    distribution_of,
    machine_of,
    python_minor,
    release_of,
    system_of,
)
from envprobe.facts.tensorflow_releases import tensorflow_releases
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    name, _, version = (examination.inventory.host.libc or "").partition(" ")
    release = release_of(examination)
    known = name == "glibc" and version.replace(".", "", 1).isdigit()
    if isinstance(release, Unknown) or not known or examination.inventory.tensorflow is not None:
        return
    if (system_of(examination), machine_of(examination)) != ("Linux", "x86_64"):
        return
    if Version(version) >= Version(release.glibc):
        return
    newest = _release_for(version, python_minor(examination))
    yield Seen(
        seen=f"glibc {version}; TensorFlow {release.version} ({release.manylinux}) needs "
        f"{release.glibc}",
        fix=f"Install TensorFlow {newest}, or use a newer distribution or a container."
        if newest
        else None,
        command=install(examination, f"{distribution_of(examination)}=={newest}")
        if newest
        else None,
    )


def _release_for(glibc: str, python: str | None) -> str | None:
    """The newest release whose wheel takes that glibc and this Python."""
    for release in reversed(tensorflow_releases()):
        takes = Version(release.glibc) <= Version(glibc) and "rc" not in release.version
        if takes and python in release.pythons["linux_x86_64"]:
            return release.version
    return None


def _of(libc: str, tensorflow: str) -> Examination:
    machine = without_start(with_tensorflow_version(healthy_cpu(), tensorflow))
    return changed(machine, "inventory.host.libc", libc)


RULE = Rule(
    code="DOC285",
    name="glibc-too-old",
    severity=Severity.ERROR,
    why="The import fails with: version `GLIBC_2.…' not found; pip, asked for this release on such "
    "a system, finds no matching distribution.",
    fix="Use a newer distribution or a container.",
    source="https://github.com/pypa/manylinux",
    detect=_detect,
    hits=(lambda: _of("glibc 2.17", "2.21.0"),),
    misses=(
        lambda: _of("glibc 2.17", "2.20.0"),
        lambda: _of("glibc 2.27", "2.21.0"),
        lambda: changed(without_start(healthy_cpu()), "inventory.host.libc", None),
    ),
)
