"""The report on two files' differences."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.console import Console

from envprobe.cluster.diff import diff
from envprobe.matrix import Cell, Matrix
from envprobe.report.cluster.difference import print_diff
from envprobe.scanning.result import ScanResult
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
MakeResult = Callable[..., ScanResult]
STEADY = {"seconds_iqr": 1e-6, "unstable": False}


@pytest.fixture
def sides(make_cell: MakeCell, make_result: MakeResult) -> tuple[Matrix, Matrix]:
    """Before and after an upgrade that took Conv3D and slowed MatMul."""
    conv = [make_cell(op="Conv3D", dtype=dtype) for dtype in ("float16", "float32")]
    before = make_result(
        *conv,
        make_cell(seconds_median=1e-3, **STEADY),
        make_cell(op="Sin", status=Status.NO_KERNEL, reason="none"),
        make_cell(op="Old"),
    ).matrix
    broken = msgspec.structs.replace(conv[0], status=Status.FAILED, reason="cuDNN [says] no")
    after = make_result(
        broken, conv[1], make_cell(seconds_median=1.5e-3, **STEADY), make_cell(op="Sin")
    ).matrix
    environment = msgspec.structs.replace(after.environment, driver="550.54")
    return before, msgspec.structs.replace(after, environment=environment)


def report(before: Any, after: Any, width: int = 100) -> str:
    output = StringIO()
    print_diff(diff(before, after), Console(file=output, width=width, highlight=False))
    return output.getvalue()


def test_what_got_worse_stands_first(sides: tuple[Matrix, Matrix]) -> None:
    text = report(*sides)
    parts = (
        "1 regression, 1 newly supported, of 4 cells in both; 1 slower and 0 faster",
        "driver: none -> 550.54",
        "supported -> failed: 1 cell",
        "cuDNN [says] no",
        "float16: Conv3D",
        "1 newly supported cell",
        "float32: Sin",
        "Asked only before: 1 cell, 1 supported",
        "float32: Old",
        "MatMul default float32 CPU:0 forward eager",
        "1.50",
    )
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_where_nothing_changed_it_says_so(sides: tuple[Matrix, Matrix]) -> None:
    text = report(sides[0], sides[0])
    assert "Environment: the same" in text
    assert "Statuses: the same in 5 cells" in text
    assert "none changed by more than 10%" in text


@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_output(sides: tuple[Matrix, Matrix], width: int) -> None:
    assert max(len(line.rstrip()) for line in report(*sides, width).splitlines()) <= width
