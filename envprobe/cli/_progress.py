"""The progress bar: on stderr, and only on a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from envprobe.probe.progress import Progress

TITLES = {
    "inventory": "Looking at the machine",
    "starting": "Starting TensorFlow",
    "support": "Running kernels",
    "timing": "Timing kernels",
    "registry": "Reading the registry",
    "saving": "Saving",
    "tracing": "Tracing the step",
    "stepping": "Taking a step",
}


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """What is to be told of progress, None where nobody would see it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    bar = _bar()
    task = bar.add_task(TITLES["inventory"], total=None, left="", current="")
    with bar:
        yield lambda progress: _show(bar, task, progress)


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as RichProgress
    from rich.table import Column

    return RichProgress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn(
            "{task.fields[current]}",
            markup=False,
            style="dim",
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # stdout may be a file that waits for the JSON
        expand=True,
    )


def _show(bar: Bar, task: TaskID, progress: Progress) -> None:
    bar.update(
        task,
        description=TITLES.get(progress.phase, progress.phase),
        completed=progress.done,
        total=progress.total or None,
        left=time_left(progress.remaining_seconds),
        current=progress.current,
    )


def time_left(seconds: float | None) -> str:
    """`1:05 left`; empty while there is no estimate."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    return f"{minutes}:{rest:02d} left"
