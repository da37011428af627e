"""Where the result is, what it took, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from envprobe.matrix.matrix import Matrix, ScanRecord
from envprobe.report.units import count, duration
from envprobe.terms import Status


def closing(matrix: Matrix, path: Path | None, notes: Sequence[str]) -> Iterator[Text]:
    """A line each for the scan, its notes, the file and the next step."""
    yield Text(_scanned(matrix))
    for note in notes:
        yield Text(f"Note: {note}")
    # One unbroken line, so that it can be copied.
    saved = f"Saved: {path}" if path else "Not saved (see the notes)"
    yield Text(saved, style="bold", no_wrap=True, overflow="ignore")
    yield Text(f"Next:  {_next(matrix)}")


def _scanned(matrix: Matrix) -> str:
    record = matrix.scan
    parts = [
        f"{count(len(matrix.cells), 'cell')} in {duration(record.seconds)}",
        f"support {duration(record.support_seconds)}, timing {duration(record.timing_seconds)}",
        f"preset {record.preset}{_narrowed(record)}",
        count(record.workers, "worker"),
        count(record.restarts, "restart"),
    ]
    if record.resumed:
        parts.append(f"{record.resumed:,} taken over from an interrupted scan")
    return "; ".join(parts) + f". Profile {matrix.environment_digest[:12]}."


def _narrowed(record: ScanRecord) -> str:
    chosen = [f"{name} {' '.join(values)}".strip() for name, values in record.narrowed.items()]
    return f" narrowed to {', '.join(chosen)}" if chosen else ""


def _next(matrix: Matrix) -> str:
    if all(cell.status is Status.UNTESTED for cell in matrix.cells):
        return "nothing could be probed: mend what the findings say, then scan again"
    if not matrix.scan.complete:
        return "`envprobe scan --resume` asks the cells that are still untested"
    if matrix.scan.preset != "full":
        return "`envprobe scan --preset full` adds xla, every dtype and every variant"
    return "the file holds every cell with its reason, numbers and shapes"
