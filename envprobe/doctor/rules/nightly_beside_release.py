"""Nightly packages and releases of TensorFlow's family are mixed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import release_of
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity

COMPILED = ("tensorflow-text", "tensorflow-io", "tensorflow-decision-forests")
NIGHTLY = ("tensorflow-text-nightly", "tf-keras-nightly", "keras-nightly")


def _detect(examination: Examination) -> Iterator[Seen]:
    tensorflow, release = examination.tensorflow, release_of(examination)
    if tensorflow is None or tensorflow.local:
        return
    asked = None if isinstance(release, Unknown) else release.keras_distribution
    wrong = COMPILED if tensorflow.is_devrelease else tuple(n for n in NIGHTLY if n != asked)
    found = [one for one in examination.inventory.software.packages or () if one.name in wrong]
    # keras-nightly beside keras is told by keras-nightly-beside-keras
    if not tensorflow.is_devrelease and examination.package("keras") is not None:
        found = [one for one in found if one.name != "keras-nightly"]
    if found:
        kind = "nightly" if tensorflow.is_devrelease else "release"
        yield Seen(
            seen=f"TensorFlow {tensorflow} ({kind}) with "
            + ", ".join(f"{one.name} {one.version}" for one in found)
        )


RULE = Rule(
    code="DOC284",
    name="nightly-beside-release",
    severity=Severity.WARNING,
    why="A nightly changes its interfaces from day to day: what was built against a release, or "
    "against another night, fails at import with undefined symbols or missing names.",
    fix="Take all of them as releases, or all of them of the same night.",
    source="https://www.tensorflow.org/guide/versions",
    detect=_detect,
    hits=(
        lambda: with_package(healthy_cpu(), "tensorflow-text-nightly", "2.21.0.dev20260309"),
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.22.0.dev20260309"),
            "tensorflow-text",
            "2.20.0",
        ),
    ),
    misses=(
        healthy_cpu,
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.22.0rc0"), "keras-nightly", "3.13.0.dev1"
        ),
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.22.0.dev20260309"),
            "tensorflow-text-nightly",
            "2.21.0.dev20260309",
        ),
    ),
)
