"""oneDNN or XLA is told to leave instructions unused that the CPU has."""

from __future__ import annotations

from collections.abc import Iterator

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, with_environ
from envprobe.doctor.rule import Rule, Seen
from envprobe.doctor.rules._switches import flags
from envprobe.terms import Severity

ONEDNN = "ONEDNN_MAX_CPU_ISA"
XLA = "xla_cpu_max_isa"
# What a limit of that name leaves out, by the flag that shows that the CPU has it.
ABOVE_AVX2 = ("avx512f", "avx_vnni")


def _detect(examination: Examination) -> Iterator[Seen]:
    isa = examination.inventory.cpu.isa
    if isa is None:
        return
    limits = {ONEDNN: examination.environ.get(ONEDNN, "")}
    limits[f"XLA_FLAGS=--{XLA}"] = dict(flags(examination, "XLA_FLAGS")).get(XLA, "")
    for name, limit in limits.items():
        unused = [flag for flag in _above(limit.upper()) if flag in isa]
        if unused:
            yield Seen(seen=f"{name}={limit}, and the CPU has {', '.join(unused)}")


def _above(limit: str) -> tuple[str, ...]:
    if limit in ("SSE41", "SSE4_2", "AVX"):
        return ("avx2", "fma", *ABOVE_AVX2)
    if limit in ("AVX2", "AVX2_VNNI", "AVX2_VNNI_2"):
        return ("avx512f",)
    if limit in ("AVX512", "AVX512_CORE", "AVX512_VNNI", "AVX512_CORE_VNNI"):
        return ("avx512_bf16", "amx_bf16", "amx_int8")
    if limit in ("AVX512_BF16", "AVX512_CORE_BF16", "AVX10_1_512", "AVX512_CORE_FP16"):
        return ("amx_bf16", "amx_int8")
    return ()


RULE = Rule(
    code="DOC524",
    name="cpu-instructions-limited",
    severity=Severity.WARNING,
    why="Kernels run with narrower vectors or without the matrix units: slower, and with other "
    "last bits than on like machines.",
    fix="Unset it unless you compare numbers with an older CPU.",
    source="https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html",
    detect=_detect,
    hits=(
        lambda: with_environ(healthy_cpu(), ONEDNN_MAX_CPU_ISA="AVX2"),
        lambda: with_environ(healthy_cpu(), XLA_FLAGS="--xla_cpu_max_isa=AVX"),
    ),
    misses=(
        healthy_cpu,
        lambda: with_environ(healthy_cpu(), ONEDNN_MAX_CPU_ISA="DEFAULT"),
        lambda: changed(
            with_environ(healthy_cpu(), ONEDNN_MAX_CPU_ISA="AVX2"),
            "inventory.cpu.isa",
            ("avx", "avx2", "fma"),
        ),
    ),
)
