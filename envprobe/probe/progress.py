"""What a scan or a check says of itself while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from envprobe.matrix.cell import Cell

Phase = Literal[
    "inventory", "starting", "support", "timing", "registry", "saving", "tracing", "stepping"
]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`done` of `total` steps of a phase; `current` names the cell that was just answered.

    `remaining_seconds` is an estimate from the pace of this phase, None while there is none.
    """

    phase: Phase
    done: int = 0
    total: int = 0
    current: str = ""
    elapsed_seconds: float = 0.0
    remaining_seconds: float | None = None


class Narrator:
    """Tells `report` what phase the scan is in, and how far; keeps how long each phase took."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._started = self._phase_started = time.monotonic()
        self._phase: Phase = "inventory"
        self._done = self._total = 0
        self._seconds: dict[Phase, float] = {}

    @property
    def elapsed_seconds(self) -> float:
        """Since the scan began."""
        return time.monotonic() - self._started

    def seconds_of(self, phase: Phase) -> float:
        """How long a phase took, 0 if it never came."""
        return round(self._seconds.get(phase, 0.0), 3)

    def begin(self, phase: Phase, *, total: int = 0, current: str = "") -> None:
        """A new phase of `total` steps."""
        now = time.monotonic()
        self._seconds[self._phase] = now - self._phase_started
        self._phase, self._phase_started = phase, now
        self._done, self._total = 0, total
        self._say(current, None)

    def step(self, cell: Cell) -> None:
        """One cell more is answered."""
        self._done += 1
        spent = time.monotonic() - self._phase_started
        name = f"{cell.op} {cell.variant} {cell.dtype} {cell.direction} {cell.mode}"
        self._say(f"{name} on {cell.device}", spent / self._done * (self._total - self._done))

    def _say(self, current: str, remaining_seconds: float | None) -> None:
        self._report(
            Progress(
                phase=self._phase,
                done=self._done,
                total=self._total,
                current=current,
                elapsed_seconds=self.elapsed_seconds,
                remaining_seconds=remaining_seconds,
            )
        )
