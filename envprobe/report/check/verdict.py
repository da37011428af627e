"""The first line of a check: the verdict, of what, and where."""

from __future__ import annotations

from collections.abc import Iterator

from rich.padding import Padding
from rich.text import Text

from envprobe.check.result import CheckResult, TargetResult
from envprobe.report.units import count
from envprobe.terms import Verdict

STYLES = {
    Verdict.SUPPORTED: "bold green",
    Verdict.PARTIAL: "bold yellow",
    Verdict.UNSUPPORTED: "bold red",
    Verdict.UNKNOWN: "bold yellow",
}
_DOES = {"train": ("trains", "train"), "infer": ("runs", "run"), None: ("runs", "run")}


def verdict(result: CheckResult) -> Iterator[Text | Padding]:
    """`unsupported: model.py:build does not train on CPU:0 of this machine`, and why."""
    style = STYLES[result.verdict]
    yield Text(f"{result.verdict.value}: {_sentence(result)}", style=style)
    for reason in _reasons(result):
        yield Padding(Text(reason, style=style), (0, 0, 0, 2))


def _sentence(result: CheckResult) -> str:
    does, do = _DOES[result.mode]
    if result.cluster is not None:
        able = len(result.cluster.can)
        total = able + len(result.cluster.cannot) + len(result.cluster.unknown)
        return f"{result.source} {does} on {able:,} of {count(total, 'node')}"
    where = _where(result)
    if result.verdict is Verdict.UNSUPPORTED:
        return f"{result.source} does not {do}{where}"
    if result.verdict is Verdict.UNKNOWN:
        return f"whether {result.source} {does}{where} is not known"
    return f"{result.source} {does}{where}"


def _where(result: CheckResult) -> str:
    used = [target for target in result.targets if target.trains_here]
    if not used:
        return ""
    names = {f"{target.device} of {target.name}" for target in used}
    return f" on {', '.join(sorted(names)[:3])}"


def _reasons(result: CheckResult) -> list[str]:
    """That of the device that trains; many targets have a table of their own."""
    used: list[TargetResult] = [target for target in result.targets if target.trains_here]
    return [used[0].reason] if len(used) == 1 else []
