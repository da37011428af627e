"""What is not the root cause: what followed from it, what was overcome, what is noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from envprobe.diagnose.result import Diagnosis, DiagnosisFinding
from envprobe.terms import Severity

Group = tuple[str, list[DiagnosisFinding]]
HARMLESS = "Harmless"


def grouped(diagnosis: Diagnosis) -> list[Group]:
    """The findings besides the root cause, by what they are; no empty groups."""
    rest = [one for one in diagnosis.findings if one.role != "root"]
    benign = [one for one in rest if one.role == "benign"]
    groups = [
        ("What followed from it", [one for one in rest if one.role == "consequence"]),
        (
            "Seen too; it did not end the run",
            [one for one in benign if one.severity is not Severity.INFO],
        ),
        (HARMLESS, [one for one in benign if one.severity is Severity.INFO]),
    ]
    return [(title, findings) for title, findings in groups if findings]


def others(diagnosis: Diagnosis) -> Iterator[Text | Table]:
    """A short table for each group, and one line for all that is harmless."""
    for title, findings in grouped(diagnosis):
        yield Text()
        if title == HARMLESS:
            # Every rank tells them.
            names = ", ".join(dict.fromkeys(f"{one.name} ({one.code})" for one in findings))
            yield Text(f"{title}: ", style="bold").append(names, style="not bold dim")
            continue
        yield Text(title, style="bold underline")
        yield _table(findings, several=len(diagnosis.logs) > 1)


def _table(findings: Sequence[DiagnosisFinding], *, several: bool) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for one in findings:
        line = one.evidence[0]
        where = f"{line.file}:{line.line}" if several else f"line {line.line}"
        of = f" (of {one.of})" if one.of else ""
        grid.add_row(Text(f"  {one.code}"), Text(where), Text(f"{one.cause.value}: {one.seen}{of}"))
    return grid
