"""Journals that are cut, killed, filled up, shared and resumed."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import UsageError
from envprobe.matrix.cell import Cell
from envprobe.probe.journal import Journal, JournalHeader
from envprobe.terms import Status

HEADER = JournalHeader(environment_digest="0123456789ab", preset="quick", envprobe="0.1.0")


def cell(op: str = "MatMul", **changes: Any) -> Cell:
    fields: dict[str, Any] = {
        "variant": "",
        "dtype": "float32",
        "device": "CPU:0",
        "direction": "forward",
        "mode": "eager",
        "status": Status.SUPPORTED,
    }
    return Cell(op=op, **{**fields, **changes})


def written(path: Path, *cells: Cell) -> Path:
    journal = Journal.create(path, HEADER)
    for one in cells:
        journal.write(one)
    journal.close()
    assert journal.broken is None
    return path


def resumed(path: Path, header: JournalHeader = HEADER) -> list[Cell]:
    journal, cells = Journal.resume(path, header)
    journal.close()
    assert all(key == one.key for key, one in cells.items())
    return list(cells.values())


def refusal(path: Path, header: JournalHeader = HEADER) -> str:
    with pytest.raises(UsageError) as caught:
        Journal.resume(path, header)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "matrix.json.journal"


def test_what_was_written_is_resumed(path: Path) -> None:
    cells = [cell("Add"), cell("MatMul", status=Status.CRASHED, reason="SIGSEGV\nline")]
    assert resumed(written(path, *cells)) == cells


def test_the_first_line_says_what_it_is(path: Path) -> None:
    head = json.loads(written(path).read_text().splitlines()[0])
    assert (head["kind"], head["environment_digest"]) == ("journal", "0123456789ab")


def test_a_later_line_replaces_an_earlier_one(path: Path) -> None:
    timed = cell("Add", seconds_median=1e-5)
    assert resumed(written(path, cell("Add"), cell("Relu"), timed)) == [timed, cell("Relu")]


def test_a_resumed_journal_goes_on(path: Path) -> None:
    written(path, cell("Add"))
    journal, _ = Journal.resume(path, HEADER)
    journal.write(cell("Relu"))
    journal.close()
    assert resumed(path) == [cell("Add"), cell("Relu")]


@given(cut=st.integers(0, 10_000))
def test_any_cut_costs_at_most_the_last_line(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal"
    cells = [cell(f"Op{number}") for number in range(5)]
    data = written(path, *cells).read_bytes()
    data = data[: cut % len(data)]
    path.write_bytes(data)
    whole = data.count(b"\n") - 1
    if whole < 0:
        assert "nothing to resume" in refusal(path)
        return
    journal, seen = Journal.resume(path, HEADER)
    assert list(seen.values()) == cells[:whole]
    journal.write(cell("New"))  # must not be glued to the rest of the cut line
    journal.close()
    assert resumed(path) == [*cells[:whole], cell("New")]


def test_a_damaged_line_in_the_middle_costs_itself(path: Path) -> None:
    lines = written(path, cell("Add"), cell("MatMul"), cell("Relu")).read_bytes().splitlines(True)
    lines[2] = b"\x00" * 20 + b"\xff\n"
    path.write_bytes(b"".join(lines))
    assert resumed(path) == [cell("Add"), cell("Relu")]


def test_there_is_nothing_to_resume(path: Path) -> None:
    assert "nothing to resume" in refusal(path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert "nothing to resume" in refusal(path)
    path.write_bytes(b'{"kind": "matrix"}\n')
    assert "not the journal" in refusal(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"environment_digest": "ffffffffffff"}, "another environment"),
        ({"envprobe": "9.9"}, "another envprobe"),
        ({"format_version": 2}, "another format"),
    ],
)
def test_what_was_measured_elsewhere_is_refused(
    change: dict[str, Any], told: str, path: Path
) -> None:
    assert told in refusal(written(path), msgspec.structs.replace(HEADER, **change))


def test_another_preset_may_take_over_the_cells(path: Path) -> None:
    header = msgspec.structs.replace(HEADER, preset="full")
    assert resumed(written(path, cell("Add")), header) == [cell("Add")]


def test_an_unfinished_journal_is_moved_aside_and_never_deleted(path: Path) -> None:
    written(path, cell("First"))
    written(path, cell("Second"))
    written(path, cell("Third"))
    assert resumed(path) == [cell("Third")]
    assert resumed(path.with_name(path.name + ".1")) == [cell("First")]
    assert resumed(path.with_name(path.name + ".2")) == [cell("Second")]


def test_two_scans_do_not_share_one(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    with pytest.raises(UsageError, match="another scan is writing"):
        Journal.create(path, HEADER)
    assert "another scan is writing" in refusal(path)
    journal.close()
    assert resumed(path) == []


def test_discard_deletes_it(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    journal.discard()
    assert list(path.parent.iterdir()) == []


def test_a_full_disk_turns_it_off_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.symlink_to("/dev/full")  # every write fails as on a full disk
    journal = Journal.create(path, HEADER)
    assert journal.broken is not None
    assert "No space left on device" in journal.broken
    journal.write(cell())
    journal.close()


def test_a_folder_that_cannot_be_written_turns_it_off(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = Journal.create(tmp_path / "file" / "journal", HEADER)
    assert journal.broken is not None
    assert "cannot write" in journal.broken
    journal.write(cell())
    journal.discard()


WRITER = """
import sys
from pathlib import Path
import msgspec
from envprobe.matrix.cell import Cell
from envprobe.probe.journal import Journal, JournalHeader
header, cell = (msgspec.json.decode(text, type=kind)
                for text, kind in zip(sys.argv[2:], (JournalHeader, Cell)))
journal = Journal.create(Path(sys.argv[1]), header)
number = 0
while journal.broken is None:
    journal.write(msgspec.structs.replace(cell, op=f"Op{number}"))
    number += 1
    print(number, flush=True)
print(journal.broken, flush=True)
"""


def writer(path: Path, **more: Any) -> subprocess.Popen[str]:
    arguments = [str(path), *(msgspec.json.encode(one).decode() for one in (HEADER, cell()))]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE, text=True, **more
    )


def test_a_file_that_may_not_grow_turns_it_off_and_keeps_what_fits(path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with writer(path, preexec_fn=limit) as process:
        lines = process.communicate(timeout=60)[0].splitlines()
    assert process.returncode == 0
    assert "File too large" in lines[-1]
    assert len(resumed(path)) == int(lines[-2]) - 1 > 10


def test_nothing_told_is_lost_by_a_kill(path: Path) -> None:
    with writer(path) as process:
        assert process.stdout is not None
        for _ in range(500):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        told = 500 + len(process.stdout.read().splitlines())
    cells = resumed(path)
    assert [one.op for one in cells] == [f"Op{number}" for number in range(len(cells))]
    assert len(cells) >= told - 1  # the last line told may itself be cut
