"""What a scan says of itself while it runs."""

from __future__ import annotations

from typing import Literal

import msgspec

Phase = Literal["inventory", "starting", "support", "timing", "saving"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`done` of `total` steps of a phase; `current` names the cell that was just answered.

    `remaining_seconds` is an estimate from the pace so far, None while there is none.
    """

    phase: Phase
    done: int = 0
    total: int = 0
    current: str = ""
    elapsed_seconds: float = 0.0
    remaining_seconds: float | None = None
