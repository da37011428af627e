"""16-bit floats on a CPU without instructions for them: they run, and cost more than float32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from envprobe.check.described import dtype_of, shortened
from envprobe.check.judgement import Judgement
from envprobe.check.result import CheckFinding
from envprobe.check.target import Target
from envprobe.facts.cpu_precision import CpuPrecision, precision_on_cpu
from envprobe.terms import Cause, Severity

_DTYPES = ("float16", "bfloat16")
_SLOW = ("emulated", "converted")


def low_precision_findings(
    target: Target, judgements: Sequence[Judgement]
) -> tuple[CheckFinding, ...]:
    """CHK213, once for each such dtype that the step computes in."""
    return tuple(_findings(target, judgements))


def _findings(target: Target, judgements: Sequence[Judgement]) -> Iterator[CheckFinding]:
    for dtype in _DTYPES:
        known = _computed(target, dtype)
        ops = _arithmetic_in(dtype, judgements)
        if known is None or known.speed not in _SLOW or not ops:
            continue
        through = "goes through float32" if known.speed == "converted" else "is put together"
        yield CheckFinding(
            code="CHK213",
            cause=Cause.BENIGN,
            severity=Severity.INFO,
            dtype=dtype,
            seen=f"{shortened(ops)} compute in {dtype} on a CPU without instructions for it.",
            why=f"Every operation {through}: the numbers are right, and it is slower than float32.",
            fix=f"Train in float32 there; keep {dtype} for a device that has it.",
        )


def _computed(target: Target, dtype: str) -> CpuPrecision | None:
    environment = target.environment
    if target.device.device_type != "CPU" or environment is None:
        return None
    if environment.machine not in {"x86_64", "AMD64"} or not environment.cpu_isa:
        return None
    known = precision_on_cpu(dtype, environment.cpu_isa, onednn=environment.onednn is not False)
    return known if isinstance(known, CpuPrecision) else None


def _arithmetic_in(dtype: str, judgements: Sequence[Judgement]) -> list[str]:
    """The ops that compute in it, the costliest first; casts and copies do not count."""
    flops: dict[str, float] = {}
    for requirement in (one.requirement for one in judgements):
        if dtype_of(requirement) == dtype and requirement.flops:
            cost = requirement.flops * requirement.count
            flops[requirement.op] = flops.get(requirement.op, 0.0) + cost
    return sorted(flops, key=lambda op: (-flops[op], op))
