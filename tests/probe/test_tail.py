"""What is kept of a flood, and which lines tell why a process died."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.probe.tail import KEPT_BYTES, Tail, telling_lines


def test_memory_is_bounded_and_the_end_is_kept() -> None:
    tail = Tail()
    for number in range(100_000):
        tail.feed(b"line %d\n" % number)
    assert len(tail.text()) <= KEPT_BYTES
    assert tail.text().endswith("line 99999\n")


@given(st.lists(st.binary(max_size=50)))
def test_any_bytes_become_text_without_control_characters(chunks: list[bytes]) -> None:
    tail = Tail(kept_bytes=40)
    for chunk in chunks:
        tail.feed(chunk)
    assert all(character in "\t\n" or character >= " " for character in tail.text())
    assert len(telling_lines(tail.text())) <= 4


def test_a_failed_check_is_told_before_what_follows_it() -> None:
    text = (
        "2025-01-01 00:00:00.1: I tensorflow/core/util/port.cc:153] oneDNN is on\n"
        "2025-01-01 00:00:00.2: F tensorflow/core/framework/tensor.cc:12] Check failed: a == b\n"
        "*** SIGABRT received\n"
        "    @     0x7f0 (unknown)\n"
    )
    assert telling_lines(text) == (
        "2025-01-01 00:00:00.2: F tensorflow/core/framework/tensor.cc:12] Check failed: a == b",
    )


def test_pythons_own_report_is_told_without_its_lists() -> None:
    text = (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f (most recent first):\n"
        '  File "a.py", line 3 in f\n\nExtension modules: numpy, h5py (total: 50)\n'
    )
    assert telling_lines(text) == ("Fatal Python error: Segmentation fault",)


def test_without_a_fatal_line_the_last_ones_are_told_and_shortened() -> None:
    told = telling_lines("one\ntwo\nthree\nfour\nfive\n" + "x" * 1000)
    assert told[:3] == ("three", "four", "five")
    assert len(told[3]) == 300
    assert telling_lines("") == ()
