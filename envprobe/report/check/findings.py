"""The findings of a check, each with the targets that it holds on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from envprobe.check.result import CheckFinding, CheckResult
from envprobe.report.cluster.names import few_names
from envprobe.report.findings import STYLES, indented


def findings(result: CheckResult) -> Iterator[Text | Padding]:
    """Code and cause, the culprit, what was seen, why it fails, the fix, and where it holds."""
    for finding in result.findings:
        head = Text(f"{finding.severity.value} ", style=STYLES[finding.severity])
        yield head.append(f"{finding.code} {finding.cause.value}", style="bold")
        for label, words in (
            ("at", culprit(finding)),
            ("seen", finding.seen),
            ("why", finding.why),
            ("fix", finding.fix),
            ("on", _where(finding, result)),
        ):
            if words:
                yield indented(label, words)


def culprit(finding: CheckFinding) -> str:
    """`layer pool3d, AvgPool3D float16, model.py:12`; empty where nobody told."""
    op = " ".join(filter(None, (finding.op, finding.dtype)))
    layer = f"layer {finding.layer}" if finding.layer else ""
    line = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file
    return ", ".join(filter(None, (layer, op, line)))


def _where(finding: CheckFinding, result: CheckResult) -> str:
    """Only where it does not hold everywhere."""
    held = [target for target in result.targets if finding in target.findings]
    if len(held) == len(result.targets) or not held:
        return ""
    nodes = sorted({node for target in held for node in target.nodes})
    devices = ", ".join(sorted({target.device for target in held}))
    return f"{devices} of {few_names(nodes)}" if nodes and result.cluster else devices
