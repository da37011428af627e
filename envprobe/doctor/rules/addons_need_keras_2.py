"""tensorflow-addons is installed beside a TensorFlow that brings Keras 3."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import uninstall
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_package, with_tensorflow_version
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._build import at_least
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    addons = examination.package("tensorflow-addons")
    if addons is not None and at_least(examination, "2.16"):
        yield Seen(
            seen=f"tensorflow-addons {addons} with TensorFlow {examination.tensorflow}",
            command=uninstall(examination, "tensorflow-addons"),
        )


RULE = Rule(
    code="DOC281",
    name="addons-need-keras-2",
    severity=Severity.WARNING,
    why="It was written for Keras 2 and is no longer developed: with Keras 3 its import fails "
    "(No module named 'keras.src.engine').",
    fix="Take its parts from Keras itself, which has most of them by now, and uninstall it; or "
    "stay at TensorFlow 2.15.",
    source="https://github.com/tensorflow/addons/issues/2807",
    detect=_detect,
    hits=(lambda: with_package(healthy_cpu(), "tensorflow-addons", "0.23.0"),),
    misses=(
        healthy_cpu,
        lambda: with_package(
            with_tensorflow_version(healthy_cpu(), "2.15.1"), "tensorflow-addons", "0.23.0"
        ),
    ),
)
