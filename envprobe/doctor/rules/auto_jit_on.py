"""Every graph is compiled with XLA, by a variable."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.commands import unset_variable
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import flags, shown
from envprobe.terms import Severity

VARIABLE = "TF_XLA_FLAGS"


def _detect(examination: Examination) -> Iterator[Seen]:
    told = dict(flags(examination, VARIABLE))
    level = told.get("tf_xla_auto_jit", "0")
    if level not in ("0", "-1", "off"):
        yield Seen(seen=shown(examination, VARIABLE), command=unset_variable(VARIABLE))


RULE = Rule(
    code="DOC511",
    name="auto-jit-on",
    severity=Severity.INFO,
    why="Graphs are cut into clusters and compiled: other kernels run, the last bits differ, the "
    "first step takes longer, and changing shapes are compiled again and again.",
    fix="Unset it and mark single functions with jit_compile=True instead.",
    source="https://openxla.org/xla/tf2xla",
    detect=_detect,
    hits=(lambda: with_environ(healthy_gpu(), TF_XLA_FLAGS="--tf_xla_auto_jit=2"),),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_gpu(), TF_XLA_FLAGS="--tf_xla_auto_jit=0"),
        lambda: with_environ(healthy_gpu(), TF_XLA_FLAGS="--tf_xla_cpu_global_jit"),
    ),
)
