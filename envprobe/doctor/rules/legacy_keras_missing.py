"""TF_USE_LEGACY_KERAS asks for the package tf_keras, which is not installed."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import install
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

VARIABLE = "TF_USE_LEGACY_KERAS"
ON = ("true", "True", "1")  # as TensorFlow compares it
PACKAGES = {"tf-keras", "tf-keras-nightly"}


def _detect(examination: Examination) -> Iterator[Seen]:
    packages = examination.inventory.software.packages
    version = examination.tensorflow
    # Older releases do not know the variable.
    known = packages is not None and version is not None and at_least(examination, "2.15")
    if not known or examination.environ.get(VARIABLE) not in ON:
        return
    if not PACKAGES & {one.name for one in packages or ()}:
        minor = f"{version.major}.{version.minor}" if version else ""
        yield Seen(
            seen=f"{VARIABLE}={examination.environ[VARIABLE]} and tf_keras is not installed",
            command=install(examination, f"tf_keras~={minor}.0"),
        )


def _legacy(value: str = "1") -> Examination:
    return with_environ(healthy_cpu(), TF_USE_LEGACY_KERAS=value)


RULE = Rule(
    code="DOC220",
    name="legacy-keras-missing",
    severity=Severity.ERROR,
    why="From TensorFlow 2.15 on every use of tf.keras then fails: Keras cannot be imported.",
    fix="Install tf_keras of TensorFlow's own version, or unset the variable.",
    source="https://github.com/tensorflow/tensorflow/blob/v2.16.1/tensorflow/python/util/"
    "lazy_loader.py",
    detect=_detect,
    hits=(_legacy, lambda: _legacy("True")),
    misses=(
        healthy_cpu,
        lambda: _legacy("0"),
        lambda: with_package(_legacy(), "tf-keras", "2.20.0"),
        lambda: with_tensorflow_version(_legacy(), "2.13.1"),
    ),
)
