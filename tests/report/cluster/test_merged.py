"""The report on a merge."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from envprobe.cluster.merge import merge
from envprobe.matrix import Cell, digest, write_matrix
from envprobe.report.cluster.merged import print_merged
from envprobe.scanning.result import ScanResult
from envprobe.terms import Finding, Severity, Status

MakeCell = Callable[..., Cell]
MakeResult = Callable[..., ScanResult]


@pytest.fixture
def folder(tmp_path: Path, make_cell: MakeCell, make_result: MakeResult) -> Path:
    """Nine nodes: one crashes, one is slow, one has an error, one was asked less, one is older."""
    error = Finding(
        code="DOC103", name="gpu-lost", severity=Severity.ERROR, seen="GPU 3 [is] gone", why="w"
    )
    for number in range(1, 10):
        factor = 1.5 if number == 7 else 1.0
        timed = {"seconds_iqr": 1e-6, "unstable": False}
        cells = [make_cell(op=f"Op{op}", seconds_median=1e-3 * factor, **timed) for op in range(6)]
        status = {"status": Status.CRASHED, "reason": "signal 11"} if number == 5 else {}
        cells.append(make_cell(op="Conv3D", dtype="float16", **status))
        result = make_result(
            *(cells[:6] if number == 9 else cells),
            findings=(error,) if number == 2 else (),
            record={"host": f"node{number:02d}"},
        )
        write_matrix(tmp_path / f"{number}.json", result.matrix)
    older = make_result(record={"host": "node01", "started": "2020-01-01T00:00:00+00:00"}).matrix
    write_matrix(tmp_path / "older.json", older)
    return tmp_path


def report(folder: Path, width: int = 100) -> str:
    output = StringIO()
    print_merged(merge([folder]), Console(file=output, width=width, highlight=False))
    return output.getvalue()


def test_everything_is_told(folder: Path) -> None:
    text = report(folder, width=200)
    for words in (
        "9 nodes in 1 profile, from 10 files",
        "Tea Kettle 9000",
        "7 of 7",
        "6 of 7 cells (preset standard) on 1 node: node09",
        "1 node: node05",
        "crashed where most nodes have supported: 1 cell",
        "float16: Conv3D",
        "signal 11",
        "node07 CPU:0: 6 of 6 steady cells over the bound, typically 1.50 × its profile",
        "error DOC103 gpu-lost on 1 node: node02",
        "node02: GPU 3 [is] gone",
        "1 older scan of 1 node: node01",
        "Not saved: give -o FILE",
    ):
        assert words in text, words


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_output(folder: Path, width: int) -> None:
    assert max(len(line.rstrip()) for line in report(folder, width).splitlines()) <= width


def test_the_profile_is_named_by_its_environment(folder: Path, make_result: MakeResult) -> None:
    assert digest(make_result().matrix.environment) in report(folder)
