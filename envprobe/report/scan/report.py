"""A scan's report on a terminal or in a file; pure but for the last function, which prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.report.findings import findings
from envprobe.report.machine import device_line, machine
from envprobe.report.parts import print_parts
from envprobe.report.scan.closing import closing
from envprobe.report.scan.fold import fold_by_op
from envprobe.report.scan.registry import registry
from envprobe.report.scan.timing import timing
from envprobe.report.scan.why import why
from envprobe.report.symbols import BY_STATUS, SIGNS, Alphabet, alphabet_for
from envprobe.report.table import legend, op_table
from envprobe.report.units import count
from envprobe.terms import Status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from envprobe.scanning.result import ScanResult


def print_scan(result: ScanResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(scan_report(result, console.width, alphabet_for(console.encoding)), console)


def scan_report(result: ScanResult, width: int, alphabet: Alphabet) -> Iterator[RenderableType]:
    """Machine, findings, each device's matrix with reasons and speed, the registry, the file."""
    matrix = result.matrix
    yield from _section("Machine", [machine(matrix)])
    yield from _section("Findings", findings(matrix.findings), empty="none")
    cells: dict[str, list[Cell]] = {device.name: [] for device in matrix.devices}
    for cell in matrix.cells:
        cells.setdefault(cell.device, []).append(cell)
    for device in matrix.devices:
        if cells[device.name]:
            yield from _device(device, cells[device.name], width, alphabet)
    yield from _section("Registry and execution", registry(matrix, alphabet))
    yield from _section("Result", closing(matrix, result.path, result.notes))


def _device(
    device: Device, cells: Sequence[Cell], width: int, alphabet: Alphabet
) -> Iterator[RenderableType]:
    yield from _section(device_line(device), [_counts(cells, alphabet)])
    yield Text()
    folded = fold_by_op(cells)
    yield from op_table(folded, width, alphabet)
    yield Text()
    marks = {mark for row in folded.values() for mark in row.values()}
    yield from legend(marks, width, alphabet)
    yield from _section(f"Why not supported on {device.name}", why(cells, alphabet))
    yield from _section(f"Speed of {device.name}", timing(device, cells, alphabet))


def _counts(cells: Sequence[Cell], alphabet: Alphabet) -> Text:
    seen = Counter(cell.status for cell in cells)
    text = Text(f"{count(len(cells), 'cell')} of {count(len({c.op for c in cells}), 'op')}: ")
    parts = []
    for status in Status:
        if number := seen[status]:
            mark = BY_STATUS[status]
            part = Text(alphabet.sign(mark), style=SIGNS[mark].style)
            parts.append(part.append(f" {number:,} {status.value}", style="default not bold"))
    return text.append_text(Text(", ").join(parts))


def _section(
    title: str, body: Iterator[RenderableType] | Sequence[RenderableType], empty: str | None = None
) -> Iterator[RenderableType]:
    """A heading over its body; no heading where there is neither a body nor a word for it."""
    parts = list(body)
    if not parts and empty is None:
        return
    yield Text()
    yield Text(title, style="bold underline")
    yield from parts or [Text(empty or "")]
