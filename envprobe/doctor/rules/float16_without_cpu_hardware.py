"""The CPU has no arithmetic in float16."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_gpu
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._precision import CPU_TABLE, WITHOUT_AVX512, a_cpu, model, on_cpu
from envprobe.terms import Severity


def _detect(examination: Examination) -> Iterator[Seen]:
    way = on_cpu(examination, "float16")
    if way is not None and way.speed == "converted":
        isa = examination.inventory.cpu.isa or ()
        has = [name for name in ("avx512_fp16", "amx_fp16") if name in isa]
        lack = f"has {', '.join(has)}, but oneDNN is off" if has else "has no avx512_fp16"
        yield Seen(seen=f"{model(examination)} {lack}")


RULE = Rule(
    code="DOC404",
    name="float16-without-cpu-hardware",
    severity=Severity.INFO,
    why="TensorFlow converts float16 to float32 and back inside of every operation: mixed_float16 "
    "is no faster than float32 here. A small training step took 1.1 to 2 times as long with "
    "TensorFlow 2.21 on a Zen 4 server.",
    fix="Compute in float32 on this CPU; keep float16 for storage.",
    source=CPU_TABLE,
    detect=_detect,
    hits=(
        lambda: a_cpu(*WITHOUT_AVX512, onednn=False),
        lambda: a_cpu("avx", "avx512f", "avx512bw", "avx512_fp16", onednn=False),
    ),
    misses=(
        lambda: a_cpu("avx", "avx512f", "avx512bw", "avx512_fp16", onednn=True),
        healthy_gpu,
    ),
)
