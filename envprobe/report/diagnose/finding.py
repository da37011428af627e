"""One finding of a diagnosis: what it says, the lines that prove it, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from envprobe.diagnose.result import DiagnosisFinding, EvidenceLine
from envprobe.report.findings import indented

Part = Text | Padding | Table
LONGEST_LINE = 400
ANSWERS = {"confirmed": "confirms it", "contradicted": "contradicts it", "unknown": "cannot tell"}


def root(finding: DiagnosisFinding, *, several: bool) -> Iterator[Part]:
    """The root cause with everything that is known of it; `several` logs name theirs."""
    yield Padding(Text(finding.seen), (0, 0, 0, 2))
    yield Text()
    yield from quoted(finding.evidence, several=several)
    if finding.count > len(finding.evidence):
        yield Padding(Text(f"seen {finding.count} times", style="dim"), (0, 0, 0, 2))
    yield Text()
    if place(finding):
        yield indented("at", place(finding))
    yield indented("why", finding.why)
    if finding.fix:
        yield indented("fix", finding.fix)
    if finding.here is not None:
        yield indented("here", f"{ANSWERS[finding.here.answer]}: {finding.here.told}")
    for candidate in finding.candidates:
        yield indented("or", f"{candidate.cause.value}: {candidate.check}")
    yield indented(
        "rule", f"{finding.code} {finding.name} (envprobe diagnose --explain {finding.code})"
    )


def quoted(lines: Sequence[EvidenceLine], *, several: bool) -> Iterator[Table]:
    """Lines of the log with their numbers, as they stand there."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        name = f"  {line.file}:{line.line}" if several else f"  {line.line}"
        shown = line.text if len(line.text) <= LONGEST_LINE else line.text[:LONGEST_LINE] + "…"
        grid.add_row(Text(name), Text(shown))
    yield grid


def place(finding: DiagnosisFinding) -> str:
    """`train.py:43, layer conv2d (Conv2D), op Conv2D, node model/conv2d/Conv2D`."""
    fields = finding.fields
    code = f"{fields['code_file']}:{fields['code_line']}" if "code_file" in fields else ""
    kind = f" ({fields['layer_class']})" if "layer_class" in fields else ""
    layer = f"layer {fields['layer']}{kind}" if "layer" in fields else ""
    if not layer and "layer_class" in fields:
        layer = f"a layer of {fields['layer_class']}"
    op = f"op {fields['op']}" if "op" in fields else ""
    node = f"node {fields['node']}" if "node" in fields else ""
    return ", ".join(filter(None, (code, layer, op, node)))
