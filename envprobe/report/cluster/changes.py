"""Statuses that changed, folded by op and dtype; what got worse stands first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.padding import Padding
from rich.text import Text

from envprobe.cluster.difference import Comparison, OneSided, StatusChange
from envprobe.cluster.side import Subject
from envprobe.matrix.cell import Cell, CellKey
from envprobe.report.scan.scope import scoped_ops
from envprobe.report.units import count
from envprobe.terms import Status

MOST_LETTERS = 160  # of one reason
MOST_LINES = 4  # of the ops that only one side was asked: presets differ by thousands of cells
Part = Text | Padding


def statuses(one: Comparison, subjects: tuple[Subject, Subject]) -> Iterator[Part]:
    """Regressions, what is newly supported, other changes, other reasons, one-sided cells."""
    after = {cell.key: cell for cell in subjects[1].cells}
    before = {cell.key: cell for cell in subjects[0].cells}
    asked = [cell for key, cell in after.items() if key in before]
    kinds = (
        ("regression", one.regressions, "bold red"),
        ("newly supported cell", one.fixed, "green"),
        ("other change of status", one.changed, "yellow"),
        ("change of the reason alone", one.reasons, "dim"),
    )
    if not any(changes for _, changes, _ in kinds):
        yield Text(f"Statuses: the same in {count(one.compared, 'cell')}")
    for noun, changes, style in kinds:
        if changes:
            yield Text(count(len(changes), noun, _plural(noun)), style=style)
            yield from _folded(changes, after, asked)
    yield from _one_sided("before", one.only_before, before)
    yield from _one_sided("after", one.only_after, after)


def _plural(noun: str) -> str:
    first, _, rest = noun.partition(" of ")
    return f"{first}s of {rest}" if rest else f"{noun}s"


def _folded(
    changes: Sequence[StatusChange], after: Mapping[CellKey, Cell], asked: Sequence[Cell]
) -> Iterator[Part]:
    """By the two statuses; the reason is that of the first cell."""
    groups: dict[tuple[Status, Status], list[StatusChange]] = {}
    for change in changes:
        groups.setdefault((change.before, change.after), []).append(change)
    for (old, new), those in sorted(groups.items(), key=lambda item: -len(item[1])):
        words = old.value if old is new else f"{old.value} -> {new.value}"
        yield Padding(Text(f"{words}: {count(len(those), 'cell')}"), (0, 0, 0, 2))
        reason = those[0].reason_after or those[0].reason_before
        if reason:
            yield Padding(Text(_short(reason), style="italic"), (0, 0, 0, 4))
        for line in scoped_ops([after[key_of(change)] for change in those], asked):
            yield Padding(Text(line), (0, 0, 0, 4))


def _one_sided(
    where: str, cells: Sequence[OneSided], own: Mapping[CellKey, Cell]
) -> Iterator[Part]:
    if not cells:
        return
    supported = sum(cell.status is Status.SUPPORTED for cell in cells)
    yield Text(f"Asked only {where}: {count(len(cells), 'cell')}, {supported:,} supported")
    lines = list(scoped_ops([own[key_of(cell)] for cell in cells], list(own.values())))
    for line in lines[:MOST_LINES]:
        yield Padding(Text(line), (0, 0, 0, 4))
    if len(lines) > MOST_LINES:
        yield Padding(Text("… and more (--json has all)"), (0, 0, 0, 4))


def key_of(row: StatusChange | OneSided) -> CellKey:
    """The question of a row of the differences."""
    return CellKey(row.op, row.variant, row.dtype, row.device, row.direction, row.mode)


def _short(reason: str) -> str:
    words = " ".join(reason.split())
    return words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1] + "…"
