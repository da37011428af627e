"""What the number formats mean on a GPU of some compute capability, and to TensorFlow there."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, cast

import msgspec

from envprobe.facts.table import reasons, rows, sources, yes_or_no
from envprobe.facts.unknown import Unknown

Arithmetic = Literal["none", "slow", "equal", "fast"]


class GpuPrecision(msgspec.Struct, frozen=True, kw_only=True):
    """The formats on one compute capability.

    float16_arithmetic       without tensor cores, beside float32: `none` (only stored), `slow`
                             (1/64), `equal`, `fast` (2 or 4 times)
    *_per_clock              results per clock and multiprocessor, without tensor cores
    float16_tensor_cores, bfloat16, tf32, float8, int8_dp4a   whether the hardware has them
    int8_tensor_cores        `yes`, `no`, or `reduced`: far below the architecture's other GPUs
    tensorflow_bfloat16      `native`, or `cast_to_float32`: slower than float32 in convolutions
    tensorflow_tf32          `on_by_default` for float32, or `none`
    keras_2_mixed_float16    `warns` or `accepts`; Keras 3 is `silent` whatever the hardware is
    unknown                  field -> why it is None
    """

    capability: str
    variant: str
    gpu_names: str
    architecture: str
    float16_arithmetic: Arithmetic | None
    float16_per_clock: int | None
    float32_per_clock: int | None
    float64_per_clock: int | None
    float16_tensor_cores: bool
    bfloat16: bool
    tf32: bool
    float8: bool
    int8_dp4a: bool
    int8_tensor_cores: str
    tensorflow_bfloat16: str | None
    tensorflow_tf32: str
    keras_2_mixed_float16: str
    keras_3_mixed_float16: str
    unknown: Mapping[str, str]
    notes: str
    sources: tuple[str, ...]


def precision_on(capability: str, gpu_name: str = "") -> GpuPrecision | Unknown:
    """What the formats mean on that GPU.

    The name tells the GPUs of capability 7.5 that have no tensor cores (GTX 16, MX450, T600, …)
    from those that have; without one, those with tensor cores are meant.
    """
    named = [row for row in precisions() if row.capability == capability]
    for row in named:
        if row.gpu_names and re.search(rf"\b(?:{row.gpu_names})", gpu_name):
            return row
    usual = [row for row in named if not row.variant]
    return usual[0] if usual else Unknown(f"no table knows compute capability {capability}")


@functools.cache
def precisions() -> tuple[GpuPrecision, ...]:
    """All rows, lowest capability first; read once."""
    return tuple(_precision(row) for row in rows("precision_by_capability.csv"))


def _precision(row: dict[str, str]) -> GpuPrecision:
    return GpuPrecision(
        capability=row["capability"],
        variant=row["variant"],
        gpu_names=row["gpu_names"],
        architecture=row["architecture"],
        float16_arithmetic=cast(Arithmetic, row["float16_arithmetic"]) or None,
        float16_per_clock=_count(row["float16_per_clock"]),
        float32_per_clock=_count(row["float32_per_clock"]),
        float64_per_clock=_count(row["float64_per_clock"]),
        float16_tensor_cores=bool(yes_or_no(row["float16_tensor_cores"])),
        bfloat16=bool(yes_or_no(row["bfloat16"])),
        tf32=bool(yes_or_no(row["tf32"])),
        float8=bool(yes_or_no(row["float8"])),
        int8_dp4a=bool(yes_or_no(row["int8_dp4a"])),
        int8_tensor_cores=row["int8_tensor_cores"],
        tensorflow_bfloat16=row["tensorflow_bfloat16"] or None,
        tensorflow_tf32=row["tensorflow_tf32"],
        keras_2_mixed_float16=row["keras_2_mixed_float16"],
        keras_3_mixed_float16=row["keras_3_mixed_float16"],
        unknown=MappingProxyType(reasons(row["why_empty"])),
        notes=row["notes"],
        sources=sources(row["source"]),
    )


def _count(cell: str) -> int | None:
    return int(cell) if cell else None
