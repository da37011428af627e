"""A switch of TensorFlow has a value that is neither on nor off."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import BOOLEANS, ENV_VAR_SOURCE, shown
from envprobe.terms import Severity

OF_ALL_OPS = "TF_DETERMINISTIC_OPS"
OF_CUDNN = "TF_CUDNN_DETERMINISTIC"


def _detect(examination: Examination) -> Iterator[Seen]:
    asked = (OF_ALL_OPS, OF_CUDNN) if examination.gpus else (OF_ALL_OPS,)
    for name in asked:
        value = examination.environ.get(name)
        if value and value.strip().lower() not in BOOLEANS:
            yield Seen(seen=shown(examination, name))


RULE = Rule(
    code="DOC531",
    name="switch-not-understood",
    severity=Severity.ERROR,
    why="TensorFlow reads 0, 1, true and false and ends the whole process at the first op that "
    "asks (Failed to parse the env-var … into bool).",
    fix="Write 1 or 0.",
    source=ENV_VAR_SOURCE,
    detect=_detect,
    hits=(lambda: with_environ(healthy_cpu(), TF_DETERMINISTIC_OPS="yes"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), TF_DETERMINISTIC_OPS="True"),
        lambda: with_environ(healthy_cpu(), TF_DETERMINISTIC_OPS=""),
        lambda: with_environ(healthy_cpu(), TF_CUDNN_DETERMINISTIC="yes"),
    ),
)
