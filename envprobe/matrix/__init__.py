"""The support matrix: cells, the environment they hold for, and the file they are kept in."""

from __future__ import annotations

from envprobe.matrix.cell import Cell, CellKey, TimingConditions
from envprobe.matrix.digest import digest
from envprobe.matrix.matrix import Device, Environment, Matrix, ScanRecord
from envprobe.matrix.store import encode_matrix, read_matrix, write_matrix

__all__ = [
    "Cell",
    "CellKey",
    "Device",
    "Environment",
    "Matrix",
    "ScanRecord",
    "TimingConditions",
    "digest",
    "encode_matrix",
    "read_matrix",
    "write_matrix",
]
