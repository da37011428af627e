"""A failed run: how it ended, its memory, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from envprobe.report.diagnose.report import diagnosis_report
from envprobe.report.parts import print_parts
from envprobe.report.running.memory import memory
from envprobe.report.symbols import alphabet_for
from envprobe.report.units import count, duration, size
from envprobe.running.result import RunResult

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def print_run(result: RunResult, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    unicode = alphabet_for(console.encoding).unicode
    print_parts(run_report(result, unicode=unicode), console)


def run_report(result: RunResult, *, unicode: bool) -> Iterator[RenderableType]:
    """How it ended in a line, why, and the memory up to then."""
    yield Text()
    yield Text(f"envprobe: {ended(result)}", style="bold")
    if result.diagnosis is not None:
        yield Text()
        yield from diagnosis_report(result.diagnosis)
    yield from memory(result.samples, result.peaks, unicode=unicode)


def ended(result: RunResult) -> str:
    """`killed by KILL after 61.2 s (exit code 137)`."""
    after = f"after {duration(result.duration_seconds)}"
    if result.signal is not None:
        return f"ended by the signal {result.signal} {after} (exit code {result.exit_code})"
    return f"ended with exit code {result.exit_code} {after}"


def one_line(result: RunResult) -> str:
    """`61.2 s, memory peak 3.1 GiB, GPU 0 22.4 GiB`: of a run that went well."""
    peaks = result.peaks
    told = [duration(result.duration_seconds)]
    if peaks.resident_bytes is not None:
        told.append(
            f"memory peak {size(max(peaks.resident_bytes, peaks.largest_process_bytes or 0))}"
        )
    told += [f"GPU {gpu.index} {size(gpu.used_bytes)}" for gpu in peaks.gpus[:4]]
    more = len(peaks.gpus) - 4
    return ", ".join((*told, *([f"{count(more, 'more GPU')}"] if more > 0 else [])))
