"""oneDNN is switched against TensorFlow's own choice for this CPU."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import shown, switch
from envprobe.inventory.onednn import DECIDING_ISA, SWITCH
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    told, isa = switch(examination, SWITCH), examination.inventory.cpu.isa
    if told is None or isa is None or examination.inventory.cpu.architecture != "x86_64":
        return
    if told != bool(DECIDING_ISA.intersection(isa)):
        usual = "off" if told else "on"
        yield Seen(
            seen=f"{shown(examination, SWITCH)}; on this CPU it would be {usual}",
            command=unset_variable(SWITCH),
        )


def _switched(value: str) -> Examination:
    return with_environ(healthy_cpu(), TF_ENABLE_ONEDNN_OPTS=value)


RULE = Rule(
    code="DOC501",
    name="onednn-switched",
    severity=Severity.INFO,
    why="Other kernels run than on like machines without the variable: the last bits of float32 "
    "results differ, and so does the speed (bfloat16 and int8 most of all).",
    fix="Unset it unless you compare numbers with a machine that has it set.",
    source="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/port.cc",
    detect=_detect,
    hits=(lambda: _switched("0"),),
    misses=(
        healthy_cpu,
        lambda: _switched("1"),
        lambda: changed(_switched("0"), "inventory.cpu.isa", ("avx", "avx2")),
    ),
)
