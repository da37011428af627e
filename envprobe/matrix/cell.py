"""One cell: a question about a kernel on a device, and what came of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from envprobe.terms import Direction, Mode, Status


class CellKey(NamedTuple):
    """What a cell asks; two cells of one matrix never share a key."""

    op: str
    variant: str
    dtype: str
    device: str
    direction: Direction
    mode: Mode


class TimingConditions(msgspec.Struct, frozen=True, kw_only=True):
    """The machine while a cell was timed; None where it cannot be read.

    `cpu_load` is the share of all cores (0 to 1) that other processes used. The GPU's fields
    are None on a CPU.
    """

    cpu_load: float | None = None
    sm_clock_hertz: float | None = None
    throttle_reasons: tuple[str, ...] | None = None
    temperature_celsius: float | None = None
    gpu_other_processes: int | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with its status and evidence.

    `reason` is None only when `status` is supported. `registered` says whether TensorFlow's kernel
    registry has all that the cell needs, None where it cannot tell. `attrs` and `shapes` are those
    that the numbers were checked with; `timed_shapes` those of the timing. Errors are relative to
    the reference (`worker/compare.py`). Seconds are those of one execution. A field of the timing
    is None when the cell was not timed; `unstable` then is None too.
    """

    op: str
    variant: str
    dtype: str
    device: str
    direction: Direction
    mode: Mode
    status: Status
    reason: str | None = None
    registered: bool | None = None
    attrs: dict[str, Any] = {}
    shapes: dict[str, list[Any]] = {}
    max_relative_error: float | None = None
    seconds_median: float | None = None
    seconds_iqr: float | None = None
    samples: int | None = None
    unstable: bool | None = None
    flops_per_second: float | None = None
    bytes_per_second: float | None = None
    peak_bytes: int | None = None
    timed_shapes: dict[str, list[Any]] | None = None
    conditions: TimingConditions | None = None

    @property
    def key(self) -> CellKey:
        """The question this cell answers."""
        return CellKey(self.op, self.variant, self.dtype, self.device, self.direction, self.mode)
