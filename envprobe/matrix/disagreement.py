"""Cells in which TensorFlow's registry and the execution disagree."""

from __future__ import annotations

from collections.abc import Iterable

from envprobe.matrix.cell import Cell
from envprobe.terms import Status

# What an execution says of the kernel itself. Want of memory, or of an answer, says nothing; and a
# registered kernel that TensorFlow's own definition of the op keeps anyone from is out of reach.
CONTRADICTING = (
    Status.NO_KERNEL,
    Status.UNIMPLEMENTED,
    Status.WRONG_RESULT,
    Status.FAILED,
    Status.CRASHED,
    Status.TIMED_OUT,
)


def disagreements(cells: Iterable[Cell]) -> list[Cell]:
    """The cells whose kernels are registered and do not work, or work without being registered."""
    return [cell for cell in cells if disagrees(cell)]


def disagrees(cell: Cell) -> bool:
    """Whether the registry says otherwise than the execution; not where either is unknown."""
    if cell.registered is None:
        return False
    if cell.registered:
        return cell.status in CONTRADICTING
    return cell.status is Status.SUPPORTED
