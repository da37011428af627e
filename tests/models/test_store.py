"""Op list files: what is written is read, and what is not one is refused in one line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from envprobe.errors import FileFormatError
from envprobe.models.oplist import OpList, Place, Requirement, Tensor
from envprobe.models.store import decode_oplist, encode_oplist, read_oplist

CONV = Requirement(
    op="Conv2D",
    dtypes={"T": "float16"},
    attrs={"strides": [1, 2, 2, 1], "padding": "SAME"},
    inputs=(Tensor(name="input", dtype="float16", shape=(8, None, 32, 3)),),
    outputs=(Tensor(name="output", dtype="float16"),),
    direction="gradient",
    count=3,
    places=(Place(layer="first", file="m.py", line=7),),
    unknown="the shape of input is not known",
)
RELU = Requirement(op="Relu", dtypes={"T": "float16"})
LIST = OpList(source="m.py:build", source_kind="python_file", requirements=(CONV, RELU), nodes=4)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "o.json"
    file.write_bytes(encode_oplist(LIST))
    found = read_oplist(file)
    assert found == LIST
    assert encode_oplist(found) == encode_oplist(LIST)


def test_the_order_of_requirements_does_not_change_the_file() -> None:
    turned = msgspec.structs.replace(LIST, requirements=(RELU, CONV))
    assert encode_oplist(turned) == encode_oplist(LIST)
    assert encode_oplist(LIST).count(b"\n") > len(LIST.requirements)


def test_a_text_list_is_read_by_the_same_door(tmp_path: Path) -> None:
    file = tmp_path / "o.txt"
    file.write_text("Relu float32\n")
    assert read_oplist(file).ops == ("Relu",)


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", "is empty"),
        (b'{"kind": "oplist", "format_ver', "is cut short after 30 bytes"),
        (b"{]", "is not JSON"),
        (b"[1]", "is JSON, but not an op list"),
        (b'{"kind": "matrix", "format_version": 1}', "is a file of kind 'matrix'"),
        (b"{}", "is of no kind"),
        (b'{"kind": "oplist", "format_version": 2}', "a newer envprobe is needed"),
        (b'{"kind": "oplist", "format_version": "1"}', "has no valid format_version"),
        (b'{"kind": "oplist", "format_version": 1}', "is not a valid op list"),
    ],
)
def test_what_is_no_op_list_is_refused_in_one_line(data: bytes, seen: str) -> None:
    with pytest.raises(FileFormatError, match=seen) as raised:
        decode_oplist(data, "o.json")
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("o.json ")
