from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.report.scan.peaks import peaks_of
from envprobe.report.scan.timing import rank, timing
from envprobe.report.symbols import Alphabet

MakeCell = Callable[..., Cell]
CPU = Device(name="CPU:0", device_type="CPU")
GPU = Device(
    name="GPU:0",
    device_type="GPU",
    peak_flops_per_second={"float32": 67e12, "float16": 989e12},
    peak_bytes_per_second=4.8e12,
    peak_source="data sheet",
)


def test_published_peaks_are_the_yardstick_where_there_are_any(make_cell: MakeCell) -> None:
    peaks = peaks_of(GPU, [make_cell(flops_per_second=33.5e12)])
    assert peaks.share(make_cell(flops_per_second=33.5e12)) == pytest.approx(0.5)
    assert peaks.share(make_cell(bytes_per_second=4.8e12, flops_per_second=1.0)) == 1.0
    assert "Published peak (data sheet): float32 67 TFLOP/s" in peaks.spelled()


def test_without_published_peaks_the_best_of_the_scan_counts(make_cell: MakeCell) -> None:
    cells = [
        make_cell(op="peak_flops", flops_per_second=100e9),
        make_cell(op="memory_bandwidth", bytes_per_second=10e9),
        make_cell(op="Relu", bytes_per_second=30e9),  # out of the caches
    ]
    peaks = peaks_of(CPU, cells)
    assert peaks.flops_per_second == {"float32": 100e9}
    assert peaks.bytes_per_second == 10e9
    assert "No published peak" in peaks.spelled()
    assert [row.cell.op for row in rank(cells, peaks)] == ["Relu"]


def test_no_yardstick_no_share(make_cell: MakeCell) -> None:
    peaks = peaks_of(GPU, [])
    assert peaks.share(make_cell(dtype="int8", flops_per_second=1e12)) is None
    assert peaks.share(make_cell()) is None


def test_each_question_is_ranked_once_in_its_fastest_mode(make_cell: MakeCell) -> None:
    cells = [
        make_cell(op=op, mode=mode, flops_per_second=speed, seconds_median=1.0)
        for op, mode, speed in (("A", "eager", 1e12), ("A", "graph", 3e12), ("B", "eager", 2e12))
    ]
    ranked = rank(cells, peaks_of(GPU, cells))
    assert [(row.cell.op, row.cell.mode) for row in ranked] == [("A", "graph"), ("B", "eager")]


def test_nothing_is_said_where_nothing_was_timed(make_cell: MakeCell) -> None:
    assert list(timing(CPU, [make_cell()], Alphabet(unicode=True))) == []


def test_the_table_marks_unstable_cells(make_cell: MakeCell) -> None:
    cells = [
        make_cell(op=f"Op{n}", seconds_median=1e-3, unstable=n == 3, flops_per_second=1e9 * (n + 1))
        for n in range(20)
    ]
    console = Console(file=io.StringIO(), width=80)
    for part in timing(CPU, cells, Alphabet(unicode=False)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "20 timed cells, 1 unstable" in text
    assert "1 ms*" in text
    assert "Op19" in text
    assert "Op0 " in text
    assert "Op10" not in text
    assert text.isascii()
