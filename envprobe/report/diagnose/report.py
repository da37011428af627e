"""The whole report of a diagnosis; pure but for the function that prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from envprobe.diagnose.result import Diagnosis, LogFile
from envprobe.report.diagnose.finding import quoted, root
from envprobe.report.diagnose.others import others
from envprobe.report.findings import indented
from envprobe.report.parts import print_parts
from envprobe.report.units import count
from envprobe.terms import Cause, Severity

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

MOST_LOGS = 4
WATCHED = "<envprobe run>"  # what `envprobe run` adds to the log
AGAIN = "envprobe run -- COMMAND"


def print_diagnosis(diagnosis: Diagnosis, console: Console) -> None:
    """The whole report, for the console's width and encoding."""
    print_parts(diagnosis_report(diagnosis), console)


def diagnosis_report(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    """The cause with its proof and its fix, what else it may be, what followed, what was read."""
    yield headline(diagnosis)
    finding = diagnosis.root
    if finding is not None:
        yield from root(finding, several=len(diagnosis.logs) > 1)
    elif diagnosis.cause is Cause.UNKNOWN:
        yield from _unknown(diagnosis)
    yield from others(diagnosis)
    yield Text()
    for line in facts(diagnosis):
        yield Text(line, style="dim")
    for note in filter(None, (diagnosis.machine_note, *diagnosis.notes)):
        yield indented("note", note)


def headline(diagnosis: Diagnosis) -> Text:
    """The answer in one line."""
    if diagnosis.cause is Cause.UNKNOWN:
        return Text(f"Cause unknown: {diagnosis.reason}.", style="bold yellow")
    if diagnosis.cause is Cause.BENIGN:
        return Text("Nothing here ended a run: what looks bad is harmless.", style="bold green")
    root = diagnosis.root
    if root is not None and root.severity is not Severity.ERROR:
        text = Text("It runs on, with less: ", style="bold yellow")
    else:
        text = Text("Cause: ", style="bold")
    text.append(diagnosis.cause.value, style="bold red")
    if diagnosis.confidence is not None:
        text.append(f" ({diagnosis.confidence.value})")
    if diagnosis.rank is not None:
        text.append(f", first in {_process(diagnosis.rank)}")
    return text


def facts(diagnosis: Diagnosis) -> Iterator[str]:
    """What was read, and what the log tells of where the run was."""
    shown = [_log(log) for log in diagnosis.logs[:MOST_LOGS]]
    more = len(diagnosis.logs) - len(shown)
    yield "Read " + ", ".join(shown) + (f" and {more} more" if more else "")
    told = diagnosis.surroundings
    parts = [
        f"TensorFlow {told.tensorflow}" if told.tensorflow else "",
        f"Python {told.python}" if told.python else "",
        told.platform or "",
        *told.gpus,
    ]
    if any(parts):
        yield "It tells of " + ", ".join(filter(None, parts))


def _unknown(diagnosis: Diagnosis) -> Iterator[RenderableType]:
    if not diagnosis.informative:
        return
    yield Text("  The lines that tell most:", style="dim")
    yield from quoted(diagnosis.informative, several=len(diagnosis.logs) > 1)
    if not any(log.file == WATCHED for log in diagnosis.logs):
        yield indented("next", f"Run it again with all of its output: `{AGAIN}`.")


def _log(log: LogFile) -> str:
    ranks = f" of {count(len(log.ranks), 'rank')}" if log.ranks else ""
    return f"{log.file}: {count(log.lines, 'line')}{ranks}"


def _process(rank: str) -> str:
    return f"rank {rank}" if rank.isdigit() else rank
