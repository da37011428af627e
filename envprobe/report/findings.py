"""Findings, the errors first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from envprobe.terms import Finding, Severity

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def findings(found: Sequence[Finding]) -> Iterator[Text | Padding]:
    """For each finding its code and name, what was seen, why it matters and the fix."""
    order = list(Severity)
    for finding in sorted(found, key=lambda f: (order.index(f.severity), f.code)):
        head = Text(f"{finding.severity.value} ", style=STYLES[finding.severity])
        head.append(f"{finding.code} {finding.name}", style="bold")
        yield head
        for label, words in (("seen", finding.seen), ("why", finding.why), ("fix", finding.fix)):
            if words:
                yield _indented(label, words)


def _indented(label: str, words: str) -> Padding:
    text = Text(f"{label}: ", style="dim").append(Text(words.strip(), style="default not dim"))
    return Padding(text, (0, 0, 0, 2))
