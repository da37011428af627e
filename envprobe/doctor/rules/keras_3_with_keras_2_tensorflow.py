"""Keras 3 is installed beside a TensorFlow whose tf.keras is Keras 2."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._bounds import asked_of
from envprobe.terms import Severity

FIRST_WITH_KERAS_3 = Version("2.16.0.dev0")


def _detect(examination: Examination) -> Iterator[Seen]:
    keras, tensorflow = examination.package("keras"), examination.tensorflow
    if keras is None or tensorflow is None or tensorflow >= FIRST_WITH_KERAS_3 or keras.major < 3:
        return
    asked = asked_of(examination, "keras")
    yield Seen(
        seen=f"keras {keras} with TensorFlow {tensorflow}"
        + (f", which asks for keras{asked}" if asked else ""),
        command=install(examination, f"keras{asked}") if asked else None,
    )


RULE = Rule(
    code="DOC277",
    name="keras-3-with-keras-2-tensorflow",
    severity=Severity.ERROR,
    why="`import keras` is Keras 3 and tf.keras wants the Keras 2 of the same folder: layers and "
    "models of the two do not mix, and tf.keras fails with missing modules (keras.api, "
    "keras.src.engine).",
    fix="Install the Keras that this TensorFlow asks for, or TensorFlow 2.16 or newer, whose "
    "tf.keras is Keras 3.",
    source="https://keras.io/getting_started/#tensorflow--keras-2-backwards-compatibility",
    detect=_detect,
    hits=(lambda: with_tensorflow_version(healthy_cpu(), "2.15.1"),),
    misses=(
        healthy_cpu,
        lambda: with_package(with_tensorflow_version(healthy_cpu(), "2.15.1"), "keras", "2.15.0"),
        lambda: with_tensorflow_version(healthy_cpu(), "2.16.2"),
    ),
)
