"""Which cells can say something of a model: a node's odd answer about other ops is no news."""

from __future__ import annotations

from collections.abc import Collection

from envprobe.matrix.cell import Cell
from envprobe.registrations import Registrations


def concerns(cell: Cell, ops: Collection[str] | None, registrations: Registrations | None) -> bool:
    """Whether the cell may speak of one of the model's ops; True where that cannot be told.

    `ops` are those of the whole step, gradients included; None: they are not known.
    """
    if ops is None or registrations is None or cell.op in ops:
        return True
    if cell.op not in registrations.ops:
        return True  # composites measure many ops
    if cell.direction == "forward":
        return False
    gradient = registrations.gradients.get(cell.op)
    if gradient is None or not gradient.uses:
        return True
    return any(node.op in ops for group in gradient.uses for node in group.nodes)
