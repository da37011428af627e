"""The GPU has no tensor cores for int8, or far fewer than its architecture's others."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import TABLE, a_gpu, kinds
from envprobe.facts.precision_by_capability import GpuPrecision
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        how = _how(kind.precision)
        if how:
            yield Seen(seen=f"{kind.who}: {how}")


def _how(precision: GpuPrecision) -> str | None:
    if precision.int8_tensor_cores == "reduced":
        return "int8 tensor cores at a small share of the rate of float8"
    if precision.int8_tensor_cores == "yes":
        return None
    return "int8 without tensor cores" + (", through dp4a" if precision.int8_dp4a else ", nor dp4a")


RULE = Rule(
    code="DOC411",
    name="int8-without-tensor-cores",
    severity=Severity.INFO,
    why="A model quantised to int8 takes less memory on this GPU and gains little or no speed.",
    fix="Use float16 where the GPU has it (float8 on Blackwell), and int8 for memory alone.",
    source=TABLE,
    detect=_detect,
    hits=(
        lambda: a_gpu("Tesla V100-SXM2-16GB", "7.0"),
        lambda: a_gpu("Tesla P100-PCIE-16GB", "6.0"),
        lambda: a_gpu("NVIDIA B300", "10.3"),
    ),
    misses=(healthy_gpu, lambda: a_gpu("Tesla T4", "7.5")),
)
