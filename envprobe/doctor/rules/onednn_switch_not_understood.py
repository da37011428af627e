"""TF_ENABLE_ONEDNN_OPTS has a value that TensorFlow does not read."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.onednn import SWITCH, VALUES
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    value = examination.environ.get(SWITCH)
    if value is not None and value.strip().lower() not in VALUES:
        yield Seen(seen=f"{SWITCH}={value!r}", command=unset_variable(SWITCH))


RULE = Rule(
    code="DOC230",
    name="onednn-switch-not-understood",
    severity=Severity.WARNING,
    why="TensorFlow reads 0, 1, true or false; anything else keeps the default, with one line in "
    "the log.",
    fix=f"Set {SWITCH} to 0 or 1, or unset it.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/port.cc",
    detect=_detect,
    hits=(lambda: with_environ(healthy_cpu(), TF_ENABLE_ONEDNN_OPTS="off"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), TF_ENABLE_ONEDNN_OPTS="0"),
        lambda: with_environ(healthy_cpu(), TF_ENABLE_ONEDNN_OPTS="TRUE"),
    ),
)
