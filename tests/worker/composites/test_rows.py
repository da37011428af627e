"""Each probe has a row and each row a probe; known without TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

import envprobe
from envprobe.ops.catalog import catalog_folder, load_catalog
from envprobe.ops.formula import evaluate

FOLDER = Path(envprobe.__file__).parent / "worker" / "composites"
ROWS = {op: row for op, row in load_catalog().items() if row.composite}
# Two matrices, five more tensors of rank four: more than any formula asks for.
SHAPES = {f"input:{index}": [8, 8, 8, 8] for index in range(6)} | {"output:0": [8, 8, 8, 8]}


def test_every_file_has_its_row_and_every_row_its_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert {row.composite for row in ROWS.values()} == files
    assert all(op == row.composite for op, row in ROWS.items())


def test_names_are_in_order_and_no_ops() -> None:
    text = (catalog_folder() / "composites.toml").read_text(encoding="utf-8")
    listed = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    assert listed == sorted(ROWS)
    assert all(name == name.lower() for name in listed)


@pytest.mark.parametrize("op", ROWS)
def test_formulas_can_be_evaluated(op: str) -> None:
    row = ROWS[op]
    for formula in filter(None, (row.flops, row.bytes)):
        assert evaluate(formula, SHAPES, itemsize=4) > 0


@pytest.mark.parametrize("op", ROWS)
def test_what_is_timed_is_expected_to_work(op: str) -> None:
    assert set(ROWS[op].timed) <= set(ROWS[op].dtypes)
