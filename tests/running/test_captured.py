"""The copy of the output: complete while it is short, bounded when it is long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.running.captured import LONGEST_WAIT_BYTES, Captured


@given(st.lists(st.binary(max_size=50), max_size=50))
def test_one_stream_is_kept_byte_by_byte(portions: list[bytes]) -> None:
    captured = Captured()
    for portion in portions:
        captured.add(1, portion)
    assert captured.data() == b"".join(portions)


def test_lines_of_two_streams_are_not_mixed() -> None:
    captured = Captured()
    captured.add(1, b"first ha")
    captured.add(2, b"error\n")
    captured.add(1, b"lf\nlast")
    assert captured.data() == b"error\nfirst half\nlast"


def test_a_line_that_does_not_end_is_not_waited_for() -> None:
    captured = Captured()
    captured.add(1, b"x" * (LONGEST_WAIT_BYTES + 1))
    captured.add(2, b"error\n")
    assert captured.data().endswith(b"xerror\n")


@given(st.integers(1, 3000), st.integers(1, 300))
def test_the_beginning_and_the_end_remain(lines: int, portion: int) -> None:
    every = b"".join(b"line %06d\n" % number for number in range(lines))
    captured = Captured(head_bytes=1000, tail_bytes=4000)
    for start in range(0, len(every), portion):
        captured.add(1, every[start : start + portion])
    kept = captured.data()
    assert len(kept) <= 1000 + 4000 + portion + 100
    if len(every) <= 5000:
        assert kept == every
        return
    assert kept.startswith(every[:900])
    assert kept.endswith(every[-3000:])
    told = [line for line in kept.splitlines() if not line.startswith(b"line ")]
    assert len(told) <= 1
    if told:
        gone = int(told[0].split()[1].replace(b",", b""))
        assert gone == len(every) - (len(kept) - len(told[0]) - 1)
