"""The cells of a scan under way, in memory and in the journal that outlives an interruption."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from envprobe.matrix.cell import Cell, CellKey
from envprobe.probe.journal import Journal, JournalHeader
from envprobe.probe.selection import Selection
from envprobe.version import __version__


class Ledger:
    """Every answered cell by its key. `resumed` counts those of an interrupted scan."""

    def __init__(self, path: Path) -> None:
        self.cells: dict[CellKey, Cell] = {}
        self.resumed = 0
        self._path = path
        self._journal: Journal | None = None

    def open(
        self,
        environment_digest: str,
        selection: Selection,
        planned: Iterable[CellKey],
        *,
        resume: bool,
    ) -> None:
        """Begin the journal, or go on with the interrupted scan's (see `Journal.resume`)."""
        header = JournalHeader(
            environment_digest=environment_digest,
            preset=selection.preset,
            narrowed=selection.narrowed,
            envprobe=__version__,
        )
        if not resume:
            self._journal = Journal.create(self._path, header)
            return
        self._journal, kept = Journal.resume(self._path, header)
        self.cells = {key: kept[key] for key in planned if key in kept}
        self.resumed = len(self.cells)

    def keep(self, cell: Cell) -> None:
        """A cell was answered, or answered better: it is on disk when this returns."""
        self.cells[cell.key] = cell
        if self._journal is not None:
            self._journal.write(cell)

    def note(self, cell: Cell) -> None:
        """A cell that could not be asked; a resumed scan is to ask it, so no journal."""
        self.cells[cell.key] = cell

    def finish(self, *, complete: bool) -> tuple[str, ...]:
        """The matrix is saved; an incomplete scan's journal is left for `--resume`.

        Returns what the user should know.
        """
        if self._journal is None:
            return ()
        broken = self._journal.broken
        if complete:
            self._journal.discard()
        return (f"this scan could not have been resumed: {broken}",) if broken else ()

    def close(self) -> None:
        """Let go of the journal; a scan that did not end can be resumed from it."""
        if self._journal is not None:
            self._journal.close()

    def __str__(self) -> str:
        """What a user who pressed Ctrl-C should know."""
        if not self.cells:
            return "interrupted before anything was measured"
        if self._journal is not None and self._journal.broken:
            return f"interrupted; not all that was measured is kept: {self._journal.broken}"
        return (
            f"interrupted; what was measured so far ({len(self.cells)} cells) is kept in "
            f"{self._path}: the same command with --resume goes on from there"
        )
