"""tf_keras (Keras 2) is installed, and tf.keras is Keras 3 all the same."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    healthy_cpu,
    with_environ,
    with_package,
    with_tensorflow_version,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import at_least
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    tf_keras = examination.package("tf-keras")
    chosen = "TF_USE_LEGACY_KERAS" in examination.environ
    # One of another release is told by tf-keras-of-other-release.
    tensorflow = examination.tensorflow
    if tf_keras is None or tensorflow is None or tf_keras.release[:2] != tensorflow.release[:2]:
        return
    if not chosen and at_least(examination, "2.16"):
        yield Seen(
            seen=f"tf_keras {tf_keras} with TensorFlow {examination.tensorflow}; "
            "TF_USE_LEGACY_KERAS is not set",
            command=set_variable("TF_USE_LEGACY_KERAS", "1"),
        )


RULE = Rule(
    code="DOC278",
    name="tf-keras-unused",
    severity=Severity.INFO,
    why="Code written for Keras 2 (optimizers.legacy, model.save without an extension, "
    "experimental APIs) fails under Keras 3; tf_keras serves it only when the variable is set "
    "before TensorFlow is imported, or when the code imports tf_keras by name.",
    fix="Set TF_USE_LEGACY_KERAS=1 if tf.keras is meant to be Keras 2.",
    source="https://keras.io/getting_started/#tensorflow--keras-2-backwards-compatibility",
    detect=_detect,
    hits=(lambda: with_package(healthy_cpu(), "tf-keras", "2.20.1"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(
            with_package(healthy_cpu(), "tf-keras", "2.20.1"), TF_USE_LEGACY_KERAS="1"
        ),
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.15.1"), "tf-keras", "2.15.1"
        ),
    ),
)
