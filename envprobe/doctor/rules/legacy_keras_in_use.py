"""tf.keras is Keras 2, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    healthy_cpu,
    with_environ,
    with_package,
    with_tensorflow_version,
)
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLE = "TF_USE_LEGACY_KERAS"
WITH_KERAS_3 = Version("2.16.0.dev0")


def _detect(examination: Examination) -> Iterator[Seen]:
    on = examination.environ.get(VARIABLE, "").lower() in ("1", "true")
    version = examination.tensorflow
    legacy = examination.package("tf-keras")  # without it there is another fault
    if on and legacy is not None and version is not None and version >= WITH_KERAS_3:
        yield Seen(
            seen=f"{shown(examination, VARIABLE)}, tf_keras {legacy}",
            command=unset_variable(VARIABLE),
        )


def _legacy() -> Examination:
    one = with_environ(healthy_cpu(), TF_USE_LEGACY_KERAS="1")
    return with_package(one, "tf-keras", "2.20.1")


RULE = Rule(
    code="DOC516",
    name="legacy-keras-in-use",
    severity=Severity.INFO,
    why="tf.keras and import keras are then two libraries whose layers and models do not mix, and "
    "a model that one has saved is not always read by the other.",
    fix="Unset it where the program is written for Keras 3.",
    source="https://keras.io/getting_started/#tensorflow--keras-2-backwards-compatibility",
    detect=_detect,
    hits=(_legacy,),
    misses=(
        healthy_cpu,
        lambda: with_tensorflow_version(_legacy(), "2.15.1"),
        lambda: with_package(_legacy(), "tf-keras", None),
    ),
)
