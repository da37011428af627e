"""TensorFlow's log is set so low that it keeps its reasons to itself."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import set_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._causes import told_by
from envprobe.doctor.rules._switches import number, shown
from envprobe.terms import Severity

WITHOUT_REASON = ("DOC130", "DOC604", "DOC620")
VARIABLE = "TF_CPP_MIN_LOG_LEVEL"


def _detect(examination: Examination) -> Iterator[Seen]:
    level = number(examination, VARIABLE)
    if level is None or level < 2:
        return
    yield Seen(
        seen=shown(examination, VARIABLE),
        # Where another rule knows the reason, the log is not needed for it.
        severity=Severity.WARNING if told_by(examination, *WITHOUT_REASON) else None,
        command=set_variable(VARIABLE, "0"),
    )


RULE = Rule(
    code="DOC517",
    name="log-hides-reasons",
    severity=Severity.INFO,
    why="2 hides warnings and 3 errors: that a library does not open, that a GPU is passed over, "
    "that memory is short, stands nowhere.",
    fix="Set it to 0 while you look for a fault.",
    source="https://github.com/tensorflow/tensorflow/blob/master/third_party/xla/xla/tsl/platform/"
    "default/logging.cc",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_cpu(), TF_CPP_MIN_LOG_LEVEL="3"),
        lambda: changed(
            with_environ(healthy_gpu(), TF_CPP_MIN_LOG_LEVEL="2"),
            "inventory.tensorflow.devices",
            (),
        ),
    ),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), TF_CPP_MIN_LOG_LEVEL="1"),
        lambda: with_environ(healthy_cpu(), TF_CPP_MIN_LOG_LEVEL="high"),
    ),
)
