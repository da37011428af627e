"""Many cells of one op and dtype folded into one mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from envprobe.matrix.cell import Cell
from envprobe.report.symbols import BY_STATUS, LOUD, Mark
from envprobe.terms import Status


def fold(cells: Iterable[Cell]) -> Mark:
    """The one mark that is true of all the cells (at least one).

    A mark of good news stands only where every cell has it: a supported cell beside an untested
    one differs. Crashes, wrong results and time-outs show through whatever else worked.
    """
    cells = list(cells)
    statuses = {cell.status for cell in cells}
    if len(statuses) == 1:
        return BY_STATUS[statuses.pop()]
    for loud in LOUD:
        if loud in statuses:
            return BY_STATUS[loud]
    return Mark.FORWARD_ONLY if _forward_only(cells) else Mark.DIFFERS


def _forward_only(cells: list[Cell]) -> bool:
    forward = {cell.status for cell in cells if cell.direction == "forward"}
    gradient = {cell.status for cell in cells if cell.direction == "gradient"}
    unknown_or_good = {Status.SUPPORTED, Status.UNTESTED}
    return forward == {Status.SUPPORTED} and not gradient & unknown_or_good


def fold_by_op(cells: Iterable[Cell]) -> dict[str, dict[str, Mark]]:
    """op -> dtype -> mark, the ops sorted without regard to case."""
    grouped: dict[str, dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        grouped[cell.op][cell.dtype].append(cell)
    return {
        op: {dtype: fold(those) for dtype, those in grouped[op].items()}
        for op in sorted(grouped, key=lambda name: (name.lower(), name))
    }
