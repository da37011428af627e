"""Timings that other processes had a part in."""

from __future__ import annotations

from envprobe.matrix.cell import Cell

# A share of all cores. Two quick scans of one machine, one of them beside other work, showed up to
# 0.21 on the idle machine, and 0.33 and more where every cell took twice as long.
BUSY_CPU = 0.25


def is_disturbed(cell: Cell) -> bool:
    """Whether others used the device while the cell was timed; a slow cell then says nothing.

    Throttling is no disturbance: a device that throttles is slow.
    """
    conditions = cell.conditions
    if conditions is None:
        return False
    if cell.device.startswith("CPU"):
        return (conditions.cpu_load or 0.0) > BUSY_CPU
    return bool(conditions.gpu_other_processes)


def is_steady(cell: Cell) -> bool:
    """Whether the timing can be compared with others: its spread is in bounds, nobody disturbed."""
    return cell.unstable is False and not is_disturbed(cell)
