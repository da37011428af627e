"""The whole report of a check; pure but for the function that prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from envprobe.check.result import CheckResult, EvidenceCounts
from envprobe.report.check.cluster import cluster
from envprobe.report.check.findings import findings
from envprobe.report.check.targets import targets
from envprobe.report.check.verdict import verdict
from envprobe.report.ops.section import words
from envprobe.report.parts import print_parts
from envprobe.report.symbols import Alphabet, alphabet_for
from envprobe.report.units import count

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_STEPS = {"train": "one training step", "infer": "one step of inference", None: "as written"}


def print_check(result: CheckResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(check_report(result, console.width, alphabet_for(console.encoding)), console)


def check_report(result: CheckResult, width: int, alphabet: Alphabet) -> Iterator[RenderableType]:
    """Verdict, what was checked on which evidence, findings, targets, the cluster's lists."""
    yield from verdict(result)
    for line in _facts(result):
        yield from words(f"  {line}", width, alphabet)
    if result.findings:
        yield Text()
        yield Text("Findings", style="bold underline")
        yield from findings(result)
    if len(result.targets) > 1:
        yield Text()
        yield Text("Targets", style="bold underline")
        yield targets(result)
    if result.cluster is not None:
        yield from cluster(result.cluster)


def _facts(result: CheckResult) -> Iterator[str]:
    told = [
        _STEPS[result.mode],
        f"batch {result.batch}" if result.batch else "",
        f"precision {result.precision}" if result.precision else "",
        f"loss {result.loss}" if result.loss else "",
        f"optimizer {result.optimizer}" if result.optimizer else "",
        "compiled with XLA" if result.jit else "",
        f"TensorFlow {result.tensorflow}" if result.tensorflow else "",
    ]
    yield ", ".join(filter(None, told))
    if result.requirements and not _told(result):
        yield f"{count(result.requirements, 'requirement')}: {evidence(result.evidence)}"
    for note in result.notes:
        yield f"note: {note}"


def _told(result: CheckResult) -> bool:
    """Whether the reason under the verdict has the same numbers."""
    reasons = [target.reason for target in result.targets if target.trains_here]
    return len(reasons) == 1 and evidence(result.evidence) in reasons[0]


def evidence(counts: EvidenceCounts) -> str:
    """`180 measured, 33 registered only, 1 without evidence`."""
    told = [f"{counts.measured:,} measured", f"{counts.registered:,} registered only"]
    if counts.none:
        told.append(f"{counts.none:,} without evidence")
    return ", ".join(told)
