"""tf_keras is of another minor version than TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ, with_package
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    tf_keras, tensorflow = examination.package("tf-keras"), examination.tensorflow
    if tf_keras is None or tensorflow is None or tf_keras.release[:2] == tensorflow.release[:2]:
        return
    legacy = examination.environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true")
    minor = f"{tensorflow.major}.{tensorflow.minor}"
    yield Seen(
        seen=f"tf_keras {tf_keras} with TensorFlow {tensorflow}"
        + (", and TF_USE_LEGACY_KERAS is set" if legacy else ""),
        severity=Severity.ERROR if legacy else None,
        command=None if tensorflow.is_devrelease else install(examination, f"tf-keras=={minor}.*"),
    )


RULE = Rule(
    code="DOC279",
    name="tf-keras-of-other-release",
    severity=Severity.WARNING,
    why="Each tf_keras is made for one minor version of TensorFlow: with another one its import "
    "fails (cannot import name 'runtime_version' from 'google.protobuf'), or an attribute is "
    "missing later.",
    fix="Install tf_keras in TensorFlow's minor version.",
    source="https://github.com/keras-team/tf-keras/blob/master/setup.py",
    detect=_detect,
    hits=(
        lambda: with_package(healthy_cpu(), "tf-keras", "2.16.0"),
        lambda: with_environ(
            with_package(healthy_cpu(), "tf-keras", "2.21.0"), TF_USE_LEGACY_KERAS="1"
        ),
    ),
    misses=(healthy_cpu, lambda: with_package(healthy_cpu(), "tf-keras", "2.20.1")),
)
