"""protobuf is told to use its slow implementation."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown
from envprobe.terms import Severity

VARIABLE = "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"


def _detect(examination: Examination) -> Iterator[Seen]:
    if examination.environ.get(VARIABLE) == "python":
        yield Seen(seen=shown(examination, VARIABLE), command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC526",
    name="protobuf-in-python",
    severity=Severity.WARNING,
    why="Reading graphs, SavedModels and TFRecords takes ten times as long or more. It is a "
    "workaround for a protobuf that does not fit TensorFlow, which hides that it does not.",
    fix="Install a protobuf that this TensorFlow asks for, and unset it.",
    source="https://protobuf.dev/reference/python/python-generated/",
    detect=_detect,
    hits=(lambda: with_environ(healthy_cpu(), PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="python"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION="upb"),
    ),
)
