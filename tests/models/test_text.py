"""Op lists written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.errors import FileFormatError
from envprobe.models.text import ANY, parse_text, read_text


def test_lines_become_requirements_and_repeat() -> None:
    found = parse_text(
        "# my model\nConv2D float16 data_format=NCHW  # first\n\nConv2D float32\n"
        "Conv2D float32\nMatMul bfloat16 transpose_a=true\n",
        "list.txt",
    )
    told = [(one.op, one.dtypes[ANY], one.attrs, one.count) for one in found.requirements]
    assert told == [
        ("Conv2D", "float16", {"data_format": "NCHW"}, 1),
        ("Conv2D", "float32", {}, 2),
        ("MatMul", "bfloat16", {"transpose_a": True}, 1),
    ]
    assert found.nodes == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Conv2D float32\nMatMul", "l.txt line 2: MatMul without a dtype"),
        ("\n\nconv2d float32", "l.txt line 3: 'conv2d' is no op"),
        ("Conv2D flaot32", "l.txt line 1: unknown dtype 'flaot32': did you mean float32"),
        ("Conv2D float32 NCHW", "l.txt line 1: 'NCHW' is no attribute"),
        ("# nothing\n", "l.txt names no op"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(FileFormatError) as raised:
        parse_text(text, "l.txt")
    assert str(raised.value).startswith(message)


def test_a_file_with_a_mark_and_one_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "l.txt"
    file.write_bytes(b"\xef\xbb\xbfRelu float32\r\n")
    assert read_text(file).ops == ("Relu",)
    file.write_bytes(b"Relu \xff")
    with pytest.raises(FileFormatError, match="is not text"):
        read_text(file)
