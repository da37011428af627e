"""The report on two files' differences; pure but for the last function, which prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from envprobe.cluster.diff import DiffResult
from envprobe.cluster.difference import Comparison, Diff
from envprobe.cluster.side import Subject
from envprobe.report.cluster.changes import statuses
from envprobe.report.cluster.names import few_names
from envprobe.report.cluster.speed import speed
from envprobe.report.parts import print_parts
from envprobe.report.symbols import Alphabet, alphabet_for
from envprobe.report.units import count

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MOST_COMPARISONS = 12


def print_diff(result: DiffResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(diff_report(result, alphabet_for(console.encoding)), console)


def diff_report(result: DiffResult, alphabet: Alphabet) -> Iterator[RenderableType]:
    """The summary, then each comparison; those with regressions first."""
    diff = result.diff
    yield _summary(diff)
    pairs = list(zip(diff.comparisons, result.subjects, strict=True))
    alone = len(pairs) == 1
    order = sorted(
        (pair for pair in pairs if alone or not pair[0].nothing_changed),
        key=lambda pair: (-len(pair[0].regressions), -len(pair[0].slower)),
    )
    for comparison, subjects in order[:MOST_COMPARISONS]:
        yield from _comparison(comparison, subjects, diff, alphabet)
    if len(order) > MOST_COMPARISONS:
        yield Text()
        left = count(len(order) - MOST_COMPARISONS, "more comparison")
        yield Text(f"… and {left} (--json has all)")
    same = [name for one in diff.comparisons if one.nothing_changed for name in one.after.nodes]
    if same and not alone:
        yield Text()
        yield Text(f"Nothing changed on {few_names(same)}")
    for names, where in (
        (diff.nodes_only_before, "before"),
        (diff.nodes_only_after, "after"),
    ):
        if names:
            yield Text()
            yield Text(f"Only {where}, and not compared: {few_names(names)}")


def _summary(diff: Diff) -> Text:
    style = "bold red" if diff.regressions else "bold green"
    fixed = sum(len(one.fixed) for one in diff.comparisons)
    faster = sum(len(one.faster) for one in diff.comparisons)
    compared = sum(one.compared for one in diff.comparisons)
    text = Text(count(diff.regressions, "regression"), style=style)
    rest = f", {fixed:,} newly supported, of {count(compared, 'cell')} in both"
    timed = sum(one.timed for one in diff.comparisons)
    if timed:
        rest += f"; {diff.slower:,} slower and {faster:,} faster of {timed:,} compared by time"
    return text.append(rest, style="default")


def _comparison(
    one: Comparison, subjects: tuple[Subject, Subject], diff: Diff, alphabet: Alphabet
) -> Iterator[RenderableType]:
    yield Text()
    yield Text(_title(one, diff), style="bold underline")
    yield from _environment(one)
    yield from statuses(one, subjects)
    yield from speed(one, diff.bound, alphabet)


def _title(one: Comparison, diff: Diff) -> str:
    sides = f"{Path(diff.before).name} -> {Path(diff.after).name}"
    if one.before.nodes == one.after.nodes:
        return f"{few_names(one.after.nodes)}, {sides}"
    return f"{few_names(one.before.nodes)} -> {few_names(one.after.nodes)}, {sides}"


def _environment(one: Comparison) -> Iterator[RenderableType]:
    if not one.environment:
        yield Text(f"Environment: the same (profile {one.after.profile})")
        return
    yield Text(f"Environment: profile {one.before.profile} -> {one.after.profile}")
    for change in one.environment:
        if change.name == "cpu_isa":
            words = _isa(change.before, change.after)
        else:
            words = f"{change.before or 'none'} -> {change.after or 'none'}"
        yield Padding(Text(f"{change.name}: {words}"), (0, 0, 0, 2))


def _isa(lost: str | None, gained: str | None) -> str:
    parts: Sequence[str | None] = (lost and f"without {lost}", gained and f"with {gained}")
    return ", ".join(part for part in parts if part)
