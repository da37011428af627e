"""Every row proven by execution: what it claims for the CPU is what the CPU does."""

from __future__ import annotations

from pathlib import Path

import pytest

import envprobe
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Matrix
from envprobe.ops.catalog import load_catalog
from envprobe.ops.expectation import expected_status
from envprobe.terms import Status

pytestmark = pytest.mark.tensorflow


def surprises(matrix: Matrix) -> list[str]:
    """The cells that did not come out as their rows say."""
    return [line for cell in matrix.cells if (line := surprise(matrix, cell))]


def surprise(matrix: Matrix, cell: Cell) -> str | None:
    """What is unexpected about a cell; None when nothing is."""
    row = load_catalog()[cell.op]
    environment = matrix.environment
    assert environment.tensorflow is not None
    expected = expected_status(
        row,
        cell.op,
        cell.variant,
        cell.dtype,
        cell.direction,
        cell.mode,
        environment.tensorflow,
        onednn=bool(environment.onednn),
        isa=environment.cpu_isa,
    )
    key = "/".join(cell.key)
    if cell.status is not expected:
        return f"{key}: {cell.status.value}, expected {expected.value}: {cell.reason}"
    if cell.status is Status.SUPPORTED and cell.reason:
        return f"{key}: {cell.reason}"
    return None


def scan(python: str, tmp_path: Path, preset: str) -> Matrix:
    result = envprobe.scan(
        python=python, preset=preset, timing=False, output=tmp_path / "matrix.json"
    )
    return result.matrix


@pytest.mark.timeout(600)
def test_standard_holds_on_the_newest_tensorflow(tensorflow_python: str, tmp_path: Path) -> None:
    matrix = scan(tensorflow_python, tmp_path, "standard")
    assert len(matrix.cells) >= 1500
    assert surprises(matrix) == []


@pytest.mark.timeout(600)
def test_standard_holds_on_an_old_tensorflow(old_tensorflow_python: str, tmp_path: Path) -> None:
    assert surprises(scan(old_tensorflow_python, tmp_path, "standard")) == []


@pytest.mark.timeout(600)
def test_every_op_really_runs_where_it_is_asked_to(tensorflow_python: str, tmp_path: Path) -> None:
    """With two devices graphs are searched for the op, and for nodes on the other device."""
    result = envprobe.scan(
        python=tensorflow_python,
        modes=["eager", "graph"],
        devices=["CPU:1"],
        timing=False,
        output=tmp_path / "two.json",
        cpu_devices=2,
    )
    strange = {
        (cell.op, cell.variant, cell.status)
        for cell in result.matrix.cells
        if cell.status in (Status.UNTESTED, Status.FELL_BACK)
    }
    # A cast to the dtype that a tensor has already is nothing, and no node is left of it.
    casts = {(op, status) for op, _, status in strange}
    assert casts <= {("Cast", Status.UNTESTED)}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_full_holds_on_the_newest_tensorflow(tensorflow_python: str, tmp_path: Path) -> None:
    assert surprises(scan(tensorflow_python, tmp_path, "full")) == []
