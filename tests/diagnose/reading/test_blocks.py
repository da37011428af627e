"""Blocks hold whole lines, whatever the stream; nothing is lost."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from envprobe.diagnose.reading import blocks as module
from envprobe.diagnose.reading.blocks import Block, blocks


def read(data: bytes, size: int = 64) -> list[Block]:
    old = module.BLOCK_BYTES
    module.BLOCK_BYTES = size
    try:
        return list(blocks(io.BytesIO(data)))
    finally:
        module.BLOCK_BYTES = old


@given(st.lists(st.text("ab \t", max_size=90), max_size=40))
def test_nothing_is_lost(lines: list[str]) -> None:
    data = "\n".join(lines).encode()
    assert b"".join(block.data for block in read(data)) == data


@given(st.lists(st.text("ab", max_size=20), max_size=40))
def test_lines_stay_whole_and_numbers_are_right(lines: list[str]) -> None:
    data = "".join(line + "\n" for line in lines).encode()
    for block in read(data):
        assert block.data.endswith(b"\n")
        assert block.number == data[: block.order].count(b"\n") + 1
        assert data[block.order :].startswith(block.data)


def test_a_line_without_end_is_cut() -> None:
    found = read(b"x" * 1000 + b"\nlast")
    assert max(len(block.data) for block in found) <= 128
    assert {block.number for block in found[:-1]} == {1}


def test_windows_ends_colours_and_what_is_overwritten() -> None:
    data = b"\x1b[31mred\x1b[0m\r\n10%\r20%\r\nab\x08c\x00d\x1b]0;title\x07e\n"
    assert b"".join(one.data for one in read(data, 4096)) == b"red\n10%\r20%\nabcde\n"
