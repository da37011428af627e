"""TensorFlow uses oneDNN where its own rule for this CPU says no, or does not where it says yes."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.inventory.onednn import SWITCH
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    report, expected = examination.inventory.tensorflow, examination.inventory.cpu.onednn_expected
    told = report.onednn if report else None
    if expected is not None and told is not None and expected != told:
        yield Seen(
            seen=f"oneDNN is {_word(told)}; TensorFlow's rule for this CPU says {_word(expected)}",
            command=set_variable(SWITCH, "1" if expected else "0"),
        )


def _word(on: bool) -> str:
    return "on" if on else "off"


RULE = Rule(
    code="DOC242",
    name="onednn-unlike-expected",
    severity=Severity.INFO,
    why="Which CPU kernels run, and the last bits of their results, depend on it.",
    fix=f"Set {SWITCH} to 0 or 1 to decide it.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/port.cc",
    detect=_detect,
    hits=(
        lambda: changed(healthy_cpu(), "inventory.tensorflow.onednn", False),
        lambda: changed(healthy_cpu(), "inventory.cpu.onednn_expected", False),
    ),
    misses=(
        healthy_cpu,
        lambda: changed(healthy_cpu(), "inventory.tensorflow.onednn", None),
        lambda: changed(healthy_cpu(), "inventory.tensorflow", None),
    ),
)
