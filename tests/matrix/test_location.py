"""The matrix that is used when nobody names one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from envprobe.matrix.location import latest_matrix, matrices_folder


def written(folder: Path, name: str, seconds: float) -> Path:
    path = folder / name
    path.write_text("{}")
    os.utime(path, (seconds, seconds))
    return path


def test_the_file_that_was_written_last(tmp_path: Path) -> None:
    newest = written(tmp_path, "a.json", 2000)
    written(tmp_path, "b.json", 1000)
    assert latest_matrix(tmp_path) == newest


def test_other_files_are_not_matrices(tmp_path: Path) -> None:
    older = written(tmp_path, "a.json", 1000)
    written(tmp_path, "scan.journal", 2000)
    written(tmp_path, "b.json.tmp", 3000)
    assert latest_matrix(tmp_path) == older


def test_no_file_and_no_folder(tmp_path: Path) -> None:
    assert latest_matrix(tmp_path) is None
    assert latest_matrix(tmp_path / "nowhere") is None
    assert latest_matrix(written(tmp_path, "a.json", 1000)) is None


def test_a_broken_link_beside_it_costs_nothing(tmp_path: Path) -> None:
    """One matrix may be gone without hiding the others."""
    there = written(tmp_path, "a.json", 1000)
    (tmp_path / "b.json").symlink_to(tmp_path / "gone.json")
    assert latest_matrix(tmp_path) == there


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of Linux users")
def test_the_folder_is_the_user_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert matrices_folder() == tmp_path / "envprobe" / "matrices"
