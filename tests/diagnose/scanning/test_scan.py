"""One pass: what is sighted, where, how often, and what stands around it."""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envprobe.diagnose.reading.source import Piece, text_piece
from envprobe.diagnose.scanning.scan import FIRST_KEPT, LAST_KEPT, Scanned, scan

CREATED = (
    "2026-01-01 10:00:00.000001: I tensorflow/core/common_runtime/gpu/gpu_device.cc:1926] Created "
    "device /job:localhost/replica:0/task:0/device:GPU:0 with 1024 MB memory:  -> device: 0, name: "
    "Tesla T4, pci bus id: 0000:00:04.0, compute capability: 7.5"
)
FAULT = "MadeUpError: this did not work"


def named(found: Scanned, name: str) -> list[tuple[int, str]]:
    return [(one.line.number, one.line.text) for one in found.sightings if one.name == name]


def test_a_line_its_number_and_its_fields() -> None:
    found = scan(text_piece(f"hello\n{CREATED}\nbye\n"))
    assert named(found, "gpu-created") == [(2, CREATED)]
    sighting = next(one for one in found.sightings if one.name == "gpu-created")
    assert sighting.fields["gpu"] == "Tesla T4"
    assert sighting.fields["memory_megabytes"] == "1024"
    assert (sighting.before, sighting.after) == ("hello", "bye")
    assert (found.lines, found.length) == (3, len(CREATED) + 11)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_windows_and_unix_line_ends(end: str) -> None:
    found = scan(text_piece(end.join(["one", CREATED, FAULT, ""])))
    assert named(found, "gpu-created") == [(2, CREATED)]
    assert named(found, "failure") == [(3, FAULT)]


def test_a_progress_bar_before_an_error_in_one_line() -> None:
    text = "Epoch 1/2\n" + "".join(f"\r{n}/100 [==>...] - 2s 5ms/step" for n in range(9))
    found = scan(text_piece(f"{text}\r{FAULT}\nnext"))
    assert named(found, "failure") == [(2, FAULT)]
    assert len(found.progress[None]) >= 4


def test_colours_controls_and_bytes_that_are_no_text() -> None:
    data = b"\x1b[31mMadeUp\x1b[0mError: caf\xe9 \x1b]0;evil\x07\x9b\xe2\x80\xaetxt\n"
    found = scan(Piece(file="x", stream=io.BytesIO(data)))
    ((_, text),) = named(found, "failure")
    assert text.startswith("MadeUpError: caf\xe9 ")
    assert text.isprintable()


def test_ranks_are_told_by_fronts() -> None:
    lines = [f"[1,{rank}]<stderr>:{FAULT} {rank}" for rank in (0, 1, 1)]
    found = scan(text_piece("\n".join(lines)))
    ranks = [one.line.rank for one in found.sightings if one.name == "failure"]
    assert ranks == ["0", "1", "1"]


def test_what_repeats_is_counted_and_bounded_and_the_end_is_seen() -> None:
    lines = [f"MadeUpError: number {n}" for n in range(100_000)]
    found = scan(text_piece("\n".join(lines)))
    kept = named(found, "failure")
    assert len(kept) == FIRST_KEPT + LAST_KEPT
    assert kept[0] == (1, lines[0])
    assert kept[-1] == (100_000, lines[-1])
    assert found.counts["failure"] >= FIRST_KEPT + LAST_KEPT


def test_lines_around_are_found_across_blocks() -> None:
    filler = "x" * 99 + "\n"
    for lines in (10_484, 10_485, 10_486):  # a block is 10,485.76 of them
        text = filler * lines + "above\n" + FAULT + "\nbelow\n"
        (one,) = (s for s in scan(text_piece(text)).sightings if s.name == "failure")
        assert one.before.endswith("above")
        assert one.after == "below"
        assert one.line.number == lines + 2


def test_progress_behind_an_error() -> None:
    bar = "".join(f"{n}/9 [=====>....] - 1s 2ms/step\n" for n in range(1, 9))
    found = scan(text_piece(f"{FAULT}\n{bar}"))
    (error,) = (one for one in found.sightings if one.name == "failure")
    assert sum(order > error.line.order for order in found.progress[None]) >= 3


def test_the_last_lines_are_kept() -> None:
    found = scan(text_piece("".join(f"line {n}\n" for n in range(5000)) + "\n\n"))
    assert [line.text for line in found.tail[-2:]] == ["line 4998", "line 4999"]
    assert found.tail[-1].number == 5000


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    found = scan(Piece(file="x", stream=io.BytesIO(data)))
    assert all(one.line.number >= 1 for one in found.sightings)


class Endless(io.RawIOBase):
    """One line of that many bytes, made while it is read."""

    def __init__(self, size: int, text: bytes) -> None:
        self._left, self._text = size, text

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return (self._text * (size // len(self._text) + 1))[:size]


@pytest.mark.parametrize(
    "text", [b"x", b"Error: ", b"a/b [", b"{{node ", b"[[", b"/home/", b"1/1 [=", b"\r", b"\x1b["]
)
def test_a_line_without_end_takes_constant_memory_and_linear_time(text: bytes) -> None:
    tracemalloc.start()
    started = time.perf_counter()
    found = scan(Piece(file="x", stream=Endless(30_000_000, text)))  # type: ignore[arg-type]
    seconds = time.perf_counter() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.length <= 30_000_000
    assert peak < 60e6
    assert seconds < 60  # quadratic would be hours
