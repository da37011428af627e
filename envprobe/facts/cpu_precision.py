"""What the number formats mean on an x86 CPU, and what TensorFlow does with them there."""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Literal, cast

import msgspec

from envprobe.facts.table import rows, sources, words
from envprobe.facts.unknown import Unknown

Speed = Literal["matrix", "native", "emulated", "converted", "unknown"]
Path = Literal["onednn", "eigen", "either"]


class CpuPrecision(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a dtype is computed.

    rank            1 is the best way; the first whose instructions are all there is taken
    instructions    as /proc/cpuinfo spells them
    speed           `matrix` (AMX), `native` (its own instructions), `emulated` (works, slower than
                    float32), `converted` (every operation goes through float32), `unknown`
    tensorflow      who computes it: oneDNN, or Eigen when oneDNN is off or declines
    """

    dtype: str
    rank: int
    instructions: tuple[str, ...]
    speed: Speed
    tensorflow: Path
    notes: str
    sources: tuple[str, ...]


def precision_on_cpu(
    dtype: str, instructions: Collection[str], *, onednn: bool
) -> CpuPrecision | Unknown:
    """How TensorFlow computes `dtype` on an x86 CPU with those instruction sets.

    `onednn` says whether its oneDNN operations are on. What Arm CPUs do is in no table.
    """
    for row in cpu_precisions():
        if row.dtype != dtype or (row.tensorflow == "onednn" and not onednn):
            continue
        if set(row.instructions) <= set(instructions):
            return row
    return Unknown(f"no table says how a CPU computes {dtype}")


@functools.cache
def cpu_precisions() -> tuple[CpuPrecision, ...]:
    """All rows, the best way of each dtype first; read once."""
    return tuple(_precision(row) for row in rows("cpu_precision.csv"))


def _precision(row: dict[str, str]) -> CpuPrecision:
    return CpuPrecision(
        dtype=row["dtype"],
        rank=int(row["rank"]),
        instructions=words(row["instructions"]),
        speed=cast(Speed, row["speed"]),
        tensorflow=cast(Path, row["tensorflow"]),
        notes=row["notes"],
        sources=sources(row["source"]),
    )
