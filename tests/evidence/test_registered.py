"""What the registry says of cells, held against what was measured."""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from envprobe.evidence.registered import is_registered, registry_device_type
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import read_matrix
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import Gradient, Registrations, nearest_release, read_release
from envprobe.terms import Direction, Mode, Status

RECORDED = sorted(Path(str(resources.files("kernels_matrix") / "recorded")).glob("*.json"))
NEWEST = read_release("2.21.0")
each_matrix = pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)


@cache
def judged(path: Path) -> tuple[tuple[Cell, bool | None], ...]:
    """Every cell of a recorded matrix with what the registry of its release says of it."""
    matrix: Matrix = read_matrix(path)
    types = {device.name: device.device_type for device in matrix.devices}
    assert matrix.environment.tensorflow is not None
    release = read_release(nearest_release(matrix.environment.tensorflow))
    return tuple(
        (cell, is_registered(release, load_catalog(), cell.key, types[cell.device]))
        for cell in matrix.cells
    )


def names(cells: list[Cell]) -> list[str]:
    return [" ".join(cell.key) for cell in cells]


def test_something_is_recorded() -> None:
    assert RECORDED


@each_matrix
def test_nothing_works_without_being_registered(path: Path) -> None:
    cells = [cell for cell, registered in judged(path) if registered is False]
    assert names([cell for cell in cells if cell.status is Status.SUPPORTED]) == []
    assert len(cells) > 50


@each_matrix
def test_nothing_that_is_registered_lacks_a_kernel(path: Path) -> None:
    cells = [cell for cell, registered in judged(path) if registered]
    assert names([cell for cell in cells if cell.status is Status.NO_KERNEL]) == []
    assert len(cells) > 1000


@each_matrix
def test_it_seldom_cannot_tell(path: Path) -> None:
    """Composites, and gradients that could not be traced in the cell's dtype."""
    told = Counter(registered is None for _, registered in judged(path))
    assert told[True] / told.total() < 0.2
    for cell, registered in judged(path):
        if registered is None and cell.direction == "forward":
            row = load_catalog().get(cell.op)
            assert row is None or row.composite


def asked(
    op: str,
    dtype: str,
    device_type: str = "CPU",
    direction: Direction = "forward",
    mode: Mode = "graph",
    variant: str = "default",
    registrations: Registrations = NEWEST,
) -> bool | None:
    key = CellKey(op, variant, dtype, f"{device_type}:0", direction, mode)
    return is_registered(registrations, load_catalog(), key, device_type)


def test_forward_and_gradient() -> None:
    assert asked("MatMul", "float32") is True
    assert asked("MatMul", "string") is False
    assert asked("MatMul", "bfloat16", "GPU", "gradient") is True
    # A kernel with a gradient function that is computed with what has no kernel in float16.
    assert asked("Qr", "float32", direction="gradient") is True
    assert asked("Qr", "float16") is True
    assert asked("Qr", "float16", direction="gradient") is False


def test_the_compiler_has_kernels_of_its_own() -> None:
    assert asked("Cholesky", "float16", mode="eager") is False
    assert asked("Cholesky", "float16", mode="xla") is True
    assert asked("AsString", "float32", mode="eager") is True
    assert asked("AsString", "float32", mode="xla") is False
    assert registry_device_type("CPU", "xla") == "XLA_CPU_JIT"
    assert registry_device_type("GPU", "xla") == "XLA_GPU_JIT"
    assert registry_device_type("GPU", "eager") == "GPU"
    assert registry_device_type("PLUGGED", "xla") == "PLUGGED"


def test_what_the_registry_cannot_tell() -> None:
    composite = next(op for op, row in load_catalog().items() if row.composite)
    assert asked(composite, "float32") is None
    assert asked("Nowhere", "float32") is None
    without_xla = msgspec.structs.replace(NEWEST, xla="RuntimeError: no XLA")
    assert asked("MatMul", "float32", mode="xla", registrations=without_xla) is None
    assert asked("MatMul", "float32", mode="graph", registrations=without_xla) is True


def test_a_gradient_that_was_not_traced_proves_nothing() -> None:
    untraced = {"MatMul": Gradient(differentiable=True)}
    found = msgspec.structs.replace(NEWEST, gradients=untraced)
    assert asked("MatMul", "float32", direction="gradient", registrations=found) is None
    assert asked("MatMul", "string", direction="gradient", registrations=found) is False
    none = msgspec.structs.replace(NEWEST, gradients={})
    assert asked("MatMul", "float32", direction="gradient", registrations=none) is False
