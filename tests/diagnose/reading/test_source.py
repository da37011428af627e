"""What can be read as a log, and what is refused with one line."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
import time
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


def test_a_text_with_half_a_character_that_stands_for_no_byte() -> None:
    assert text_piece("a\ud800").stream.read(9) == b"a?"


def test_zeros_before_a_log_that_was_cut_while_it_was_written_to(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(b"\0" * 20_000 + b"MemoryError\n" * 9)
    assert read(str(path))[0][1].lstrip("\0") == "MemoryError\n" * 9


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(b"\xef\xbb\xbfMemoryError\n")
    assert read(str(path)) == [(str(path), "MemoryError\n")]


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 20, b"\x1f\x8b"])
def test_a_broken_archive_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "train.log.gz"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="cannot read"):
        read(str(path))


def test_an_archive_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(gzip.compress(b"Killed\n")))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert read("-") == [("-", "Killed\n")]


def test_what_is_packed_twice_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "train.log.gz.gz"
    path.write_bytes(gzip.compress(gzip.compress(b"Killed\n" * 99)))
    with pytest.raises(UsageError, match="is no text"):
        read(str(path))


def test_a_pipe_that_begins_with_little(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    packed = gzip.compress(b"Killed\n")

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            pipe.write(packed[:1])
            time.sleep(0.2)
            pipe.write(packed[1:])

    writer = threading.Thread(target=write)
    writer.start()
    assert read(str(path)) == [(str(path), "Killed\n")]
    writer.join()


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="closed"):
        read("-")


@pytest.mark.parametrize("name", ["", "x" * 300, "no\x1b[31m\n.log"])
def test_a_name_that_is_none_is_one_line(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(name)
    assert str(raised.value).isprintable()


def test_a_name_is_shown_without_its_escape_sequences(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\nb.log"
    path.write_text("Killed\n")
    assert read(str(path)) == [(f"{tmp_path}/a\\x1b[31m\\nb.log", "Killed\n")]


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}, "E: v"),
        ({"output_type": "pyerr", "ename": "E", "evalue": "v"}, "E: v"),
        ({"output_type": "error", "traceback": "a\nb"}, "a\nb"),
        ({"output_type": "error", "ename": "E", "evalue": "v", "traceback": 7}, "7"),
        ({"output_type": "stream", "text": {"a": 1}}, "{'a': 1}"),
    ],
)
def test_the_forms_of_an_output(tmp_path: Path, output: dict[str, object], text: str) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": [{"outputs": [5, None, output]}]}))
    assert read(str(path)) == [(f"{path}[cell 1]", text)]


@pytest.mark.parametrize("cells", [[], [{"outputs": 5}], [{"outputs": [5]}], [7]])
def test_a_notebook_that_printed_nothing_is_an_empty_log(
    tmp_path: Path, cells: list[object]
) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    assert read(str(path)) == [(str(path), "")]


def test_a_notebook_nested_without_end_is_told(tmp_path: Path) -> None:
    path = tmp_path / "train.ipynb"
    path.write_text('{"cells":' + "[" * 100_000)
    with pytest.raises(UsageError, match="no notebook"):
        read(str(path))


def test_a_notebook_with_a_mark_and_a_byte_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "train.ipynb"
    data = json.dumps({"cells": [{"outputs": [{"text": "a~b"}]}]}).encode()
    path.write_bytes(b"\xef\xbb\xbf" + data.replace(b"~", b"\xff"))
    assert read(str(path)) == [(f"{path}[cell 1]", "a\ufffdb")]
