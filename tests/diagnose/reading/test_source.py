"""What can be read as a log, and what is refused with one line."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from envprobe.diagnose.reading.source import opened, text_piece
from envprobe.errors import UsageError


def read(name: str) -> list[tuple[str, str]]:
    with opened(name) as pieces:
        return [(piece.file, piece.stream.read(1 << 20).decode()) for piece in pieces]


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text("Epoch 1/3\n")
    assert read(str(path)) == [(str(path), "Epoch 1/3\n")]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"Killed\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert read("-") == [("-", "Killed\n")]


def test_a_compressed_log_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "train.log.1.gz"
    path.write_bytes(gzip.compress(b"Killed\n"))
    assert read(str(path)) == [(str(path), "Killed\n")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_powershell_writes(tmp_path: Path, encoding: str) -> None:
    text = "OSError: [WinError 1455] The paging file is too small: é\r\n" * 5
    path = tmp_path / "train.log"
    path.write_bytes(text.encode(encoding))
    assert read(str(path))[0][1].lstrip("\ufeff") == text


def test_the_outputs_of_a_notebook_cell_by_cell(tmp_path: Path) -> None:
    outputs = [
        [{"output_type": "stream", "name": "stderr", "text": ["one\n", "two\n"]}],
        [],
        [
            {"output_type": "execute_result", "data": {"text/plain": ["[1]"]}},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a\nb", "E: v"]},
        ],
    ]
    cells = [{"cell_type": "code", "source": "OOM", "outputs": one} for one in outputs]
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert read(str(path)) == [
        (f"{path}[cell 1]", "one\ntwo\n"),
        (f"{path}[cell 3]", "[1]\na\nb\nE: v"),
    ]


def test_a_notebook_is_known_without_its_suffix(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "outputs": [{"output_type": "stream", "text": "hello"}]}
    path = tmp_path / "notebook.json"
    path.write_text(json.dumps({"cells": [cell]}))
    assert read(str(path)) == [(f"{path}[cell 1]", "hello")]


@pytest.mark.parametrize("text", ["{", '{"cells": 3}', '{"cells": [{"outputs": [[]]}]', "{]"])
def test_a_broken_notebook_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"train\.ipynb"):
        read(str(path))


def test_what_is_no_log(tmp_path: Path) -> None:
    binary = tmp_path / "model.h5"
    binary.write_bytes(bytes(range(256)) * 40)
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(b"x" * 100_000)[:60])
    for path, words in (
        (tmp_path / "none.log", "there is no file"),
        (tmp_path, "is a folder"),
        (binary, "is no text"),
        (cut, "cannot read"),
    ):
        with pytest.raises(UsageError, match=words):
            read(str(path))


def test_what_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text("x")
    path.chmod(0)
    try:
        path.read_text()
    except PermissionError:
        with pytest.raises(UsageError, match="cannot read"):
            read(str(path))


def test_a_text_with_half_a_character() -> None:
    assert text_piece("a\udce9").stream.read(9) == b"a\xe9"
