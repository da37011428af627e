"""Streams that were looked at, or are in another encoding, lose nothing."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from envprobe.diagnose.reading.begun import Begun, Transcoded


@given(st.binary(max_size=60), st.binary(max_size=60), st.integers(1, 40))
def test_the_beginning_comes_first_and_nothing_is_lost(
    start: bytes, rest: bytes, size: int
) -> None:
    stream = Begun(start, io.BytesIO(rest))
    parts = list(iter(lambda: stream.read(size), b""))
    assert b"".join(parts) == start + rest
    assert all(len(part) == size for part in parts[:-1])


@given(st.text(max_size=60), st.integers(1, 9), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_another_encoding(text: str, size: int, encoding: str) -> None:
    stream = Transcoded(io.BytesIO(text.encode(encoding)), encoding)
    assert b"".join(iter(lambda: stream.read(size), b"")).decode() == text


def test_half_a_character_at_the_end() -> None:
    stream = Transcoded(io.BytesIO(b"a\0b"), "utf-16-le")
    assert b"".join(iter(lambda: stream.read(9), b"")).decode() == "a\ufffd"
