"""The cells of a scan, kept in memory and on disks that are well, full or gone."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from envprobe.errors import UsageError
from envprobe.matrix.cell import Cell, CellKey
from envprobe.probe.ledger import Ledger
from envprobe.probe.selection import Selection
from envprobe.terms import Status

ROOT = Path(__file__).parents[2]
QUICK = Selection(preset="quick")


def cell(op: str, seconds: float | None = None) -> Cell:
    key = CellKey(op, "default", "float32", "CPU:0", "forward", "eager")
    return Cell(**key._asdict(), status=Status.SUPPORTED, seconds_median=seconds)


def opened(path: Path, *ops: str, resume: bool = False, digest: str = "d" * 12) -> Ledger:
    ledger = Ledger(path)
    ledger.open(digest, QUICK, [cell(op).key for op in ops], resume=resume)
    return ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.json.journal"


def test_what_is_kept_comes_back(path: Path) -> None:
    first = opened(path, "A", "B", "C")
    first.keep(cell("A"))
    first.keep(cell("B"))
    first.keep(cell("A", seconds=0.5))  # answered better
    first.close()
    second = opened(path, "A", "B", "C", resume=True)
    assert second.resumed == 2
    assert list(second.cells.values()) == [cell("A", seconds=0.5), cell("B")]
    second.keep(cell("C"))
    assert second.finish(complete=True) == ()
    assert not path.exists()


KILLED = """
import msgspec, os, pathlib, signal, sys
from envprobe.matrix.cell import Cell
from envprobe.probe.ledger import Ledger
from envprobe.probe.selection import Selection
ledger = Ledger(pathlib.Path(sys.argv[1]))
ledger.open("d" * 12, Selection(preset="quick"), [], resume=False)
ledger.keep(msgspec.json.decode(sys.argv[2], type=Cell))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_kept_survives_a_kill(path: Path) -> None:
    kept = msgspec.json.encode(cell("A")).decode()
    command = [sys.executable, "-c", KILLED, str(path), kept]
    assert subprocess.run(command, check=False, timeout=60, cwd=ROOT).returncode == -9
    second = opened(path, "A", "B", resume=True)
    assert list(second.cells.values()) == [cell("A")]
    second.close()


def test_only_planned_cells_are_taken_over_in_the_order_of_the_plan(path: Path) -> None:
    first = opened(path, "A", "B", "C")
    for op in "ABC":
        first.keep(cell(op))
    first.close()
    second = opened(path, "C", "A", resume=True)
    assert [key.op for key in second.cells] == ["C", "A"]
    second.close()


def test_a_cell_that_could_not_be_asked_is_asked_again_by_the_next(path: Path) -> None:
    first = opened(path, "A", "B")
    first.keep(cell("A"))
    first.note(cell("B"))
    assert len(first.cells) == 2
    assert first.finish(complete=False) == ()
    first.close()
    second = opened(path, "A", "B", resume=True)
    assert [key.op for key in second.cells] == ["A"]
    second.close()


def test_another_environment_cannot_be_resumed(path: Path) -> None:
    opened(path, "A").close()
    with pytest.raises(UsageError, match="another environment"):
        opened(path, "A", resume=True, digest="e" * 12)


def test_nothing_to_resume(path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to resume"):
        opened(path, "A", resume=True)


def test_an_unwritable_journal_ends_no_scan(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ledger = opened(tmp_path / "file" / "m.journal", "A")
    ledger.keep(cell("A"))
    assert str(ledger).startswith("interrupted; not all that was measured is kept: cannot write")
    (note,) = ledger.finish(complete=True)
    assert note.startswith("this scan could not have been resumed: cannot write")
    assert list(ledger.cells.values()) == [cell("A")]


def test_a_disk_that_fills_up_ends_no_scan(path: Path) -> None:
    ledger = opened(path, *"ABCDEFGH")
    ledger.keep(cell("A"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, hard))
    try:
        for op in "BCDEFGH":
            ledger.keep(cell(op))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(ledger.cells) == 8
    assert "File too large" in str(ledger)
    (note,) = ledger.finish(complete=False)
    assert "File too large" in note
    # What was written before is whole.
    again = opened(path, *"ABCDEFGH", resume=True)
    assert [key.op for key in again.cells] == ["A"]
    again.close()


def test_two_scans_do_not_share_a_journal(path: Path) -> None:
    first = opened(path, "A")
    first.keep(cell("A"))
    with pytest.raises(UsageError, match="another scan is writing"):
        opened(path, "A")
    first.close()


def test_what_an_interrupted_user_reads(path: Path) -> None:
    ledger = Ledger(path)
    assert str(ledger) == "interrupted before anything was measured"
    ledger.open("d" * 12, QUICK, [], resume=False)
    ledger.keep(cell("A"))
    assert str(ledger) == (
        f"interrupted; what was measured so far (1 cells) is kept in {path}: the same command "
        "with --resume goes on from"
        " there"
    )
    ledger.close()


def test_a_ledger_that_was_never_opened_can_be_finished_and_closed(path: Path) -> None:
    ledger = Ledger(path)
    assert ledger.finish(complete=True) == ()
    ledger.close()
    assert not path.exists()
