"""The fastest and the slowest timed cells of a device, against what the device can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.report.scan.peaks import Peaks, is_yardstick, peaks_of
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count, duration, rate, share

MOST = 6  # cells at either end


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A timed cell and how near it comes to the peak."""

    cell: Cell
    share: float


def timing(device: Device, cells: Sequence[Cell], alphabet: Alphabet) -> Iterator[Table | Text]:
    """Medians, rates and shares of the peak; nothing where no cell was timed."""
    timed = [cell for cell in cells if cell.seconds_median is not None]
    if not timed:
        return
    peaks = peaks_of(device, timed)
    unstable = sum(1 for cell in timed if cell.unstable)
    yield Text(f"{count(len(timed), 'timed cell')}, {unstable} unstable. {peaks.spelled()}")
    ranked = rank(timed, peaks)
    if ranked:
        yield _table(ranked, alphabet)
        yield Text(alphabet.text(_footnote(ranked)), style="dim")


def rank(timed: Sequence[Cell], peaks: Peaks) -> list[Ranked]:
    """Each op, variant, dtype and direction once, in its fastest mode; nearest the peak first.

    Gradients of what memory holds back are left out: their bytes are not known, and their FLOPs
    say nothing.
    """
    by_memory = {cell.key[:3] for cell in timed if peaks.is_bound_by_memory(cell)}
    best: dict[tuple[str, ...], Ranked] = {}
    for cell in timed:
        part = peaks.share(cell)
        hidden = cell.direction == "gradient" and cell.key[:3] in by_memory
        if part is None or hidden or is_yardstick(cell):
            continue
        key = cell.key[:5]
        if key not in best or part > best[key].share:
            best[key] = Ranked(cell=cell, share=part)
    return sorted(best.values(), key=lambda ranked: (-ranked.share, ranked.cell.key))


def _table(ranked: Sequence[Ranked], alphabet: Alphabet) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("fastest", overflow="fold")
    for heading in ("median", "FLOP/s", "bytes/s", "of peak"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in ranked[:MOST]:
        table.add_row(*_row(row, alphabet))
    slowest = ranked[max(MOST, len(ranked) - MOST) :]
    if slowest:
        table.add_row(Text("slowest", style="bold"))
    for row in reversed(slowest):
        table.add_row(*_row(row, alphabet))
    return table


def _row(ranked: Ranked, alphabet: Alphabet) -> tuple[Text, ...]:
    cell = ranked.cell
    name = " ".join((cell.op, cell.variant, cell.dtype, cell.direction, cell.mode))
    values = (
        name,
        alphabet.text(duration(cell.seconds_median)) + ("*" if cell.unstable else ""),
        rate(cell.flops_per_second, "") if cell.flops_per_second else "",
        rate(cell.bytes_per_second, "B") if cell.bytes_per_second else "",
        share(ranked.share),
    )
    return tuple(Text(value) for value in values)


def _footnote(ranked: Sequence[Ranked]) -> str:
    notes = ["of peak: the nearer of arithmetic and memory."]
    if any(row.cell.unstable for row in ranked):
        notes.append("* unstable: the spread stayed above its bound.")
    if ranked[0].share > 1:
        notes.append("Above 100 %: tensors that stay in the caches.")
    return " ".join(notes)
