"""The answer to a question about ops, for people; pure but for the last function, which prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from envprobe.evidence.ops_result import OpsResult
from envprobe.report.ops.compare import compare_parts
from envprobe.report.ops.history import history_parts
from envprobe.report.ops.missing import missing_parts
from envprobe.report.ops.overview import overview_parts
from envprobe.report.ops.page import page
from envprobe.report.ops.section import words
from envprobe.report.ops.table import table
from envprobe.report.parts import print_parts
from envprobe.report.symbols import Alphabet, alphabet_for

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_ops(result: OpsResult, console: Console) -> None:
    """The whole answer, for the console's width and encoding."""
    print_parts(ops_report(result, console.width, alphabet_for(console.encoding)), console)


def ops_report(result: OpsResult, width: int, alphabet: Alphabet) -> Iterator[RenderableType]:
    """What was asked, of which registry, and the answer."""
    if result.compare:
        yield from compare_parts(result.compare, width, alphabet)
        return
    if result.history:
        yield from history_parts(result.history, width, alphabet)
        return
    for line in words(headline(result), width, alphabet):
        line.stylize("bold")
        yield line
    if result.overview:
        yield from overview_parts(result.overview, result, width, alphabet)
    elif result.missing:
        yield from missing_parts(result.missing, width, alphabet)
    elif result.page:
        yield from page(result.ops[0], result, width, alphabet)
    else:
        yield from table(result, width, alphabet)


WHEEL = "tensorflow"


def headline(result: OpsResult) -> str:
    """Which registry is shown, and why this one."""
    name = f"{result.ops[0].op}, " if result.page else ""
    return f"{name}TensorFlow {result.tensorflow}{_build(result)}: {_why_this_one(result)}"


def _build(result: OpsResult) -> str:
    return " (GPU build)" if result.gpu_build else " (CPU build)"


def _why_this_one(result: OpsResult) -> str:
    nearest = "" if result.exact else f"; the nearest known release to {result.asked}"
    if result.source == "asked":
        return f"as asked for{nearest}" if result.exact else nearest.removeprefix("; ")
    if result.source == "scan":
        path = result.matrix.path if result.matrix else "the last scan"
        return f"that of the scan in {path}{nearest}"
    if result.source == "installed":
        # The files are those of one wheel; another build of the release registers less, or else.
        wheel = "" if result.distribution == WHEEL else f"; shown is the wheel {WHEEL}"
        return f"installed here is {result.distribution} {result.asked}{wheel}{nearest}"
    return "the newest known release (none is installed here, and no scan is saved)"
