"""A GPU of compute capability 7.5 that has no tensor cores."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import TABLE, a_gpu, kinds
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        if kind.precision.variant == "no_tensor_cores":
            yield Seen(seen=f"{kind.who} has no tensor cores")


RULE = Rule(
    code="DOC403",
    name="turing-without-tensor-cores",
    severity=Severity.INFO,
    why="Keras 2 looks at the compute capability alone and says that mixed_float16 is fine; the "
    "GTX 16, MX and small T models of Turing gain twice in float16 at most, not eight times.",
    fix="Measure mixed_float16 against float32 before you keep it.",
    source=TABLE,
    detect=_detect,
    hits=(lambda: a_gpu("NVIDIA GeForce GTX 1660 Ti", "7.5"),),
    misses=(lambda: a_gpu("NVIDIA GeForce RTX 2080 Ti", "7.5"), lambda: a_gpu("Tesla T4", "7.5")),
)
