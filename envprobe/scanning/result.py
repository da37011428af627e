"""What a scan returns."""

from __future__ import annotations

from pathlib import Path

import msgspec

from envprobe.matrix.matrix import Matrix


class ScanResult(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix, the file that holds it, and what the user should know of the scan itself."""

    matrix: Matrix
    path: Path | None
    notes: tuple[str, ...] = ()
