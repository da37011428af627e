"""The GPU has no float8."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import TABLE, a_gpu, kinds
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        if not kind.precision.float8:
            yield Seen(seen=f"{kind.who} has no float8")


RULE = Rule(
    code="DOC409",
    name="float8-without-gpu-hardware",
    severity=Severity.INFO,
    why="Keras' quantize('float8') and XLA's float8 products run in a wider type here: no faster, "
    "with the loss of precision all the same. The hardware begins with compute capability 8.9.",
    fix="Use mixed_bfloat16 or mixed_float16 instead.",
    source=TABLE,
    detect=_detect,
    hits=(healthy_gpu, lambda: a_gpu("Tesla T4", "7.5")),
    misses=(lambda: a_gpu("NVIDIA H100 80GB HBM3", "9.0"), lambda: a_gpu("NVIDIA L4", "8.9")),
)
