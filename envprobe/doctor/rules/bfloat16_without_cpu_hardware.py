"""The CPU has no bfloat16, and it is emulated or converted."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import (
    CPU_TABLE,
    WITHOUT_AVX512,
    WITHOUT_BF16,
    a_cpu,
    model,
    on_cpu,
)
from envprobe.doctor.rules.bfloat16_hardware_unused import is_unused
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    way = on_cpu(examination, "bfloat16")
    if way is None or way.speed not in ("emulated", "converted") or is_unused(examination):
        return
    how = {
        "emulated": "oneDNN emulates it with avx512bw, 3 to 4 times slower than float32",
        "converted": "every operation goes through float32",
    }
    yield Seen(seen=f"{model(examination)} has no avx512_bf16: {how[way.speed]}")


RULE = Rule(
    code="DOC405",
    name="bfloat16-without-cpu-hardware",
    severity=Severity.INFO,
    why="mixed_bfloat16 runs and is no faster than float32 on this CPU.",
    fix="Compute in float32 on this CPU.",
    source=CPU_TABLE,
    detect=_detect,
    hits=(
        lambda: a_cpu(*WITHOUT_BF16, onednn=True),
        lambda: a_cpu(*WITHOUT_AVX512, onednn=False),
    ),
    misses=(healthy_cpu, healthy_gpu, lambda: a_cpu("avx", "avx512f", "amx_bf16", onednn=True)),
)
