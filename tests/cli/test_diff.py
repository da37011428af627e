"""`envprobe diff` as a gate in CI meets it: every case is a real process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from envprobe.matrix import Cell, read_matrix, write_matrix
from envprobe.terms import Status

RECORDED = Path(str(resources.files("kernels_matrix"))) / "recorded"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder: a matrix, one that lost Conv2D, one that gained it, and one that is slower."""
    folder = tmp_path_factory.mktemp("matrices")
    matrix = read_matrix(min(RECORDED.glob("*.json")))

    def write(name: str, change: Callable[[Cell], Cell]) -> None:
        cells = tuple(map(change, matrix.cells))
        write_matrix(folder / name, msgspec.structs.replace(matrix, cells=cells))

    write("before.json", lambda cell: cell)
    write("lost.json", lambda cell: lose(cell) if cell.op == "Conv2D" else cell)
    write("slower.json", slow_down)
    return folder


def lose(cell: Cell) -> Cell:
    return msgspec.structs.replace(cell, status=Status.FAILED, reason="cuDNN says no")


def slow_down(cell: Cell) -> Cell:
    if cell.seconds_median is None or cell.seconds_iqr is None:
        return cell
    median = cell.seconds_median * 1.3 + cell.seconds_iqr * 2
    return msgspec.structs.replace(cell, seconds_median=median)


def ask(
    files: Path, before: str, after: str, *options: str, **env: str
) -> subprocess.CompletedProcess[str]:
    paths = (str(files / before), str(files / after))
    return subprocess.run(
        [sys.executable, "-m", "envprobe.cli", "diff", *paths, *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("before", "after", "options", "code"),
    [
        ("before.json", "before.json", [], 0),
        ("before.json", "lost.json", [], 1),
        ("lost.json", "before.json", [], 0),
        ("before.json", "slower.json", [], 0),
        ("before.json", "slower.json", ["--timing"], 1),
        ("slower.json", "before.json", ["--timing"], 0),
        ("before.json", "slower.json", ["--timing", "--bound", "1000"], 0),
    ],
)
def test_the_exit_code_is_a_gate(
    files: Path, before: str, after: str, options: list[str], code: int
) -> None:
    done = ask(files, before, after, *options)
    assert (done.returncode, done.stderr) == (code, "")
    assert " in both" in done.stdout
    as_json = ask(files, before, after, *options, "--json")
    assert as_json.returncode == code
    document = json.loads(as_json.stdout)
    assert as_json.stdout.count("\n") == 1
    assert (document["kind"], document["format_version"]) == ("diff", 1)
    assert (document["regressions"] > 0) == (after == "lost.json")


def test_a_gate_on_time_that_could_not_compare_any_says_so(files: Path) -> None:
    matrix = read_matrix(files / "before.json")
    cells = tuple(msgspec.structs.replace(cell, unstable=True) for cell in matrix.cells)
    write_matrix(files / "scattered.json", msgspec.structs.replace(matrix, cells=cells))
    done = ask(files, "before.json", "scattered.json", "--timing")
    assert done.returncode == 0
    assert done.stderr == (
        "envprobe: --timing: no time could be compared, so that nothing is said about speed\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "options", "seen"),
    [
        ("before.json", "gone.json", [], "gone.json"),
        ("before.json", "text.json", [], "text.json"),
        ("before.json", ".", [], "envprobe merge"),
        ("before.json", "lost.json", ["--bound", "-1"], "bound"),
        ("before.json", "lost.json", ["--bound", "much"], "--bound"),
        ("before.json", "lost.json", ["third.json"], "third.json"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(
    files: Path, before: str, after: str, options: list[str], seen: str
) -> None:
    (files / "text.json").write_text("Abs float32\n")
    done = ask(files, before, after, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("envprobe: ")
    assert done.stderr.count("\n") == 1
    assert seen in done.stderr


@pytest.mark.parametrize("columns", ["80", "200"])
@pytest.mark.parametrize("after", ["lost.json", "slower.json"])
def test_the_report_fits_an_ascii_pipe(files: Path, after: str, columns: str) -> None:
    done = ask(files, "before.json", after, PYTHONIOENCODING="ascii", COLUMNS=columns, NO_COLOR="1")
    assert done.stderr == ""
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= int(columns)


@pytest.mark.parametrize("option", ["", "--json"])
def test_a_gate_with_a_reader_that_has_gone_still_gates(files: Path, option: str) -> None:
    command = (
        f"set -o pipefail; '{sys.executable}' -m envprobe.cli diff"
        f" '{files}/before.json' '{files}/lost.json' {option} | true"
    )
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
