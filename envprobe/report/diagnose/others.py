"""What is not the root cause: what followed from it, what was overcome, what is noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from envprobe.diagnose.result import Diagnosis, DiagnosisFinding
from envprobe.terms import Severity


def others(diagnosis: Diagnosis) -> Iterator[Text | Table]:
    """A short table for each kind."""
    rest = [one for one in diagnosis.findings if one.role != "root"]
    followed = [one for one in rest if one.role == "consequence"]
    noise = [one for one in rest if one.role == "benign" and one.severity is Severity.INFO]
    lesser = [one for one in rest if one.role == "benign" and one not in noise]
    yield from _table("What followed from it", followed, several=len(diagnosis.logs) > 1)
    yield from _table("Seen too; it did not end the run", lesser, several=len(diagnosis.logs) > 1)
    if noise:
        yield Text()
        names = ", ".join(f"{one.name} ({one.code})" for one in noise)
        yield Text("Harmless: ", style="bold").append(names, style="not bold dim")


def _table(
    title: str, findings: Sequence[DiagnosisFinding], *, several: bool
) -> Iterator[Text | Table]:
    if not findings:
        return
    yield Text()
    yield Text(title, style="bold underline")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for one in findings:
        line = one.evidence[0]
        where = f"{line.file}:{line.line}" if several else f"line {line.line}"
        of = f" (of {one.of})" if one.of else ""
        grid.add_row(Text(f"  {one.code}"), Text(where), Text(f"{one.cause.value}: {one.seen}{of}"))
    yield grid
