"""The GPU computes float64 at a small share of its float32 rate."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import TABLE, a_gpu, kinds
from envprobe.terms import Severity

SLOW = 8  # below that share an ordinary server CPU is the faster one


def _detect(examination: Examination) -> Iterator[Seen]:
    for kind in kinds(examination):
        double, single = kind.precision.float64_per_clock, kind.precision.float32_per_clock
        if double and single and single > double * SLOW:
            yield Seen(seen=f"{kind.who}: float64 at 1/{single // double} of float32's rate")


RULE = Rule(
    code="DOC410",
    name="float64-slow-on-gpu",
    severity=Severity.INFO,
    why="numpy's arrays are float64 unless they are told otherwise: a model that is fed with them "
    "and keeps them computes at that rate.",
    fix="Convert to float32 (tf.cast, or dtype=np.float32) before the data meets the model.",
    source=TABLE,
    detect=_detect,
    hits=(lambda: a_gpu("NVIDIA GeForce RTX 4090", "8.9"), lambda: a_gpu("Tesla T4", "7.5")),
    misses=(healthy_gpu, lambda: a_gpu("Tesla V100-SXM2-16GB", "7.0")),
)
