from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.lz4_head import lz4_head


def sequence(literals: bytes, back: int = 0, repeated: int = 0) -> bytes:
    """One sequence of an LZ4 block; `back` 0 is the last one, which has no match."""

    def tail(length: int) -> bytes:
        return b"" if length < 15 else bytes([255] * ((length - 15) // 255) + [(length - 15) % 255])

    match = max(repeated - 4, 0)
    token = min(len(literals), 15) << 4 | min(match, 15)
    packed = bytes([token]) + tail(len(literals)) + literals
    return packed + (back.to_bytes(2, "little") + tail(match) if back else b"")


@given(st.binary(max_size=700), st.integers(1, 700), st.integers(4, 700))
def test_literals_and_an_overlapping_match(raw: bytes, back: int, repeated: int) -> None:
    if not raw:
        return
    back = min(back, len(raw))
    copied = (raw[-back:] * (repeated // back + 1))[:repeated]
    packed = sequence(raw, back, repeated) + sequence(b"end")
    assert lz4_head(packed, 10_000) == raw + copied + b"end"
    assert lz4_head(packed, 10) == (raw + copied + b"end")[:10]


@given(st.binary(max_size=300))
def test_anything_is_unpacked_without_an_exception(packed: bytes) -> None:
    assert len(lz4_head(packed, 50)) <= 50
