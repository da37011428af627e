"""The targets of a check as a table, one line each."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from envprobe.check.result import CheckResult, TargetResult
from envprobe.report.check.verdict import STYLES

MOST_LETTERS = 100  # of a reason


def targets(result: CheckResult) -> Table:
    """Verdict, where, how many nodes, the device, and why."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("verdict", "target", "nodes", "device", "why"):
        table.add_column(heading, header_style="bold", overflow="fold")
    for target in result.targets:
        table.add_row(
            Text(target.verdict.value, style=STYLES[target.verdict]),
            Text(target.name),
            Text(f"{max(len(target.nodes), 1):,}"),
            Text(_device(target)),
            Text(_short(target.reason)),
        )
    return table


def _short(reason: str) -> str:
    """As much as a table bears; the finding has the rest."""
    return reason if len(reason) <= MOST_LETTERS else reason[: MOST_LETTERS - 1] + "…"


def _device(target: TargetResult) -> str:
    capability = f" cc {target.compute_capability}" if target.compute_capability else ""
    unused = "" if target.trains_here else " (not trained on)"
    return f"{target.device} {target.model or ''}{capability}{unused}".strip()
