"""Times that changed beyond noise, the largest changes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from envprobe.cluster.difference import Comparison, TimingChange
from envprobe.report.symbols import Alphabet
from envprobe.report.units import count, duration

MOST = 8


def speed(one: Comparison, bound: float, alphabet: Alphabet) -> Iterator[Text | Table]:
    """How many cells were compared by time, and the tables of the slower and the faster ones."""
    if not (one.timed or one.unstable or one.disturbed):
        return
    words = f"Times: {count(one.timed, 'cell')} compared{_left_out(one)}"
    changed = one.slower or one.faster
    yield Text(
        words
        + (
            ""
            if changed or not one.timed
            else f"; none changed by more than {bound:.0%} and the noise"
        )
    )
    for heading, changes, style in (
        ("slower", one.slower, "red"),
        ("faster", one.faster, "green"),
    ):
        if changes:
            yield _table(heading, changes, style, alphabet)
            if len(changes) > MOST:
                yield Text(f"… and {len(changes) - MOST:,} more (--json has all)")
    if changed:
        note = f"Counted: more than {bound:.0%}, and more than the interquartile range of either."
        yield Text(note, style="dim")


def _left_out(one: Comparison) -> str:
    parts = [
        f"{number:,} {why}"
        for number, why in (
            (one.unstable, "unstable"),
            (one.disturbed, "timed while other processes used the device"),
        )
        if number
    ]
    return f"; left out: {', '.join(parts)}" if parts else ""


def _table(heading: str, changes: Sequence[TimingChange], style: str, alphabet: Alphabet) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style=f"bold {style}")
    table.add_column(f"{heading}: {len(changes):,}", overflow="fold")
    for column in ("before", "after", "after/before"):
        table.add_column(column, justify="right", no_wrap=True)
    for change in changes[:MOST]:
        name = " ".join(
            (change.op, change.variant, change.dtype, change.device, change.direction, change.mode)
        )
        row = (
            name,
            alphabet.text(duration(change.seconds_before)),
            alphabet.text(duration(change.seconds_after)),
            f"{change.ratio:.2f}",
        )
        table.add_row(*map(Text, row))
    return table
