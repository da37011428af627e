"""Keras is of a version that the installed TensorFlow does not ask for."""

from __future__ import annotations

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    healthy_cpu,
    with_package,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.rule import Rule
from envprobe.doctor.rules import keras_3_with_keras_2_tensorflow
from envprobe.doctor.rules._bounds import SOURCE, out_of_bounds
from envprobe.terms import Severity


def _keras_3(examination: Examination) -> bool:
    return any(keras_3_with_keras_2_tensorflow.RULE.findings(examination))


RULE = Rule(
    code="DOC276",
    name="keras-out-of-bounds",
    severity=Severity.WARNING,
    why="tf.keras is that package: another one than TensorFlow was released with may lack what it "
    "registers with TensorFlow, or fail at import.",
    fix="Install a Keras within the bounds.",
    source=SOURCE,
    detect=out_of_bounds("keras", "keras", unless=_keras_3),
    hits=(
        lambda: without_start(with_package(healthy_cpu(), "keras", "3.4.1")),
        lambda: without_start(
            with_package(with_tensorflow_version(healthy_cpu(), "2.13.1"), "keras", "2.15.0")
        ),
    ),
    misses=(
        healthy_cpu,
        lambda: without_start(with_tensorflow_version(healthy_cpu(), "2.15.1")),
        lambda: with_package(healthy_cpu(), "keras", "3.15.1"),
    ),
)
