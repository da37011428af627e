"""The GPU has no hardware that is fast in float16."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import TABLE, Kind, a_gpu, kinds
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        if kind.precision.float16_arithmetic in ("none", "slow"):
            yield Seen(seen=f"{kind.who}: {_rate(kind)}")


def _rate(kind: Kind) -> str:
    half, single = kind.precision.float16_per_clock, kind.precision.float32_per_clock
    if half and single:
        return f"float16 at 1/{single // half} of float32's rate, no tensor cores"
    return "no float16 arithmetic, only storage"


RULE = Rule(
    code="DOC401",
    name="float16-without-gpu-hardware",
    severity=Severity.INFO,
    why="mixed_float16 saves memory on this GPU and no time: cuBLAS and cuDNN compute in float32 "
    "and convert. Keras 2 warns of it, Keras 3 says nothing.",
    fix="Keep float32, unless memory is short.",
    source=TABLE,
    detect=_detect,
    hits=(
        lambda: a_gpu("NVIDIA GeForce GTX 1080 Ti", "6.1"),
        lambda: a_gpu("Tesla K80", "3.7"),
    ),
    misses=(healthy_gpu, lambda: a_gpu("Tesla P100-PCIE-16GB", "6.0")),
)
