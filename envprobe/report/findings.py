"""Findings, the errors first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from envprobe.terms import Finding, Severity

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def findings(found: Sequence[Finding]) -> Iterator[Text | Padding]:
    """For each finding its code and name, what was seen, why it matters, the fix, its source."""
    order = list(Severity)
    for finding in sorted(found, key=lambda f: (order.index(f.severity), f.code)):
        head = Text(f"{finding.severity.value} ", style=STYLES[finding.severity])
        head.append(f"{finding.code} {finding.name}", style="bold")
        yield head
        for label, words in (("seen", finding.seen), ("why", finding.why), ("fix", finding.fix)):
            if words:
                yield indented(label, words)
        if finding.command:
            yield command(finding.command)
        if finding.source:
            yield source(finding.source)


def command(words: str) -> Text:
    """A command on lines of its own, never broken, so that it can be copied."""
    lines = "\n".join(f"    {line}" for line in words.splitlines())
    return Text(lines, style="green", no_wrap=True, overflow="ignore")


def source(words: str, label: str = "source: ") -> Text | Padding:
    """Where a fact stands: an address stays whole, so that it can be followed."""
    if " " in words.strip():
        return indented(label.rstrip(": "), words) if label else Padding(Text(words), (0, 0, 0, 2))
    text = Text(f"  {label}", style="dim", no_wrap=True, overflow="ignore")
    return text.append(words.strip(), style="default not dim")


def indented(label: str, words: str) -> Padding:
    """A line of a finding, its label dim; it runs on with the same indent."""
    text = Text(f"{label}: ", style="dim").append(Text(words.strip(), style="default not dim"))
    return Padding(text, (0, 0, 0, 2))
