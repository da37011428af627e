"""TensorFlow is there, and Keras is not."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._start import blames, failing, fitting, said
from envprobe.facts.tensorflow_releases import tensorflow_release
from envprobe.facts.unknown import Unknown
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    if blames(examination, "keras"):
        yield Seen(seen=said(examination), command=fitting(examination, "keras", ""))
        return
    software, version = examination.inventory.software, examination.tensorflow
    release = tensorflow_release(str(version)) if version else Unknown("not installed")
    if isinstance(release, Unknown) or software.packages is None or not software.tensorflow:
        return
    asked = release.keras_distribution
    names = {package.name for package in software.packages}
    if asked is not None and not names & {"keras", "keras-nightly"}:
        yield Seen(
            seen=f"TensorFlow {version} and no {asked}",
            command=fitting(examination, asked, ""),
        )


RULE = Rule(
    code="DOC615",
    name="keras-not-importable",
    severity=Severity.ERROR,
    why="Keras is a package of its own; TensorFlow loads it at the first use of tf.keras and fails "
    "there: Keras cannot be imported. Check that it is installed.",
    fix="Install the Keras that this TensorFlow asks for.",
    source="https://keras.io/getting_started/#installing-keras-3",
    detect=_detect,
    hits=(
        lambda: with_package(healthy_cpu(), "keras", None),
        lambda: failing("ImportError: Keras cannot be imported. Check that it is installed."),
    ),
    misses=(
        healthy_cpu,
        lambda: with_package(
            changed(healthy_cpu(), "inventory.software.tensorflow", ()), "keras", None
        ),
        # Keras is inside of it.
        lambda: with_package(with_tensorflow_version(healthy_cpu(), "2.3.0"), "keras", None),
    ),
)
