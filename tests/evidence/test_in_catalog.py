from __future__ import annotations

import pytest

from envprobe.evidence.in_catalog import PRESETS, in_catalog
from envprobe.ops.catalog import load_catalog, load_rows
from envprobe.ops.row import Row, Variant
from envprobe.probe.selection import Selection


def test_an_op_with_variants() -> None:
    found = in_catalog(load_catalog(), "Conv3D")
    assert found is not None
    by_name = {variant.name: variant for variant in found.variants}
    assert by_name["ndhwc"].directions == ("forward", "gradient")
    assert "bfloat16" in by_name["ndhwc"].dtypes
    assert not found.composite


def test_an_op_that_nobody_asks_for() -> None:
    assert in_catalog(load_catalog(), "Conv9D") is None


@pytest.mark.parametrize("op", ["Conv3D", "MatMul", "AddV2", "Lgamma", "lstm"])
def test_the_preset_is_the_smallest_that_asks(op: str) -> None:
    row = load_catalog()[op]
    found = in_catalog(load_catalog(), op)
    assert found is not None
    for told in found.variants:
        variant = row.variants.get(told.name, Variant())
        asking = [
            preset
            for preset in PRESETS
            if (selection := Selection(preset=preset)).holds_row(op, row)
            and selection.holds_variant(row, variant)
        ]
        assert asking[0] == told.preset


def test_ops_that_only_composites_run() -> None:
    catalog = {"loop": Row(family="composite", composite="loop", covers=("While", "AddN variant"))}
    for op in ("While", "AddN"):
        found = in_catalog(catalog, op)
        assert found is not None
        assert (found.covered_by, found.variants, found.preset) == (("loop",), (), None)
    assert in_catalog(catalog, "Add") is None


@pytest.mark.parametrize("name", ["Conv3D", "matmul", "lstm", "While", "Add"])
def test_the_rows_of_one_op_are_those_of_the_whole_catalog(name: str) -> None:
    whole = load_catalog()
    rows = load_rows(name)
    assert all(row == whole[op] for op, row in rows.items())
    meant = {op for op in whole if op.lower() == name.lower()}
    meant |= {op for op, row in whole.items() if name in {c.split()[0] for c in row.covers}}
    assert meant <= rows.keys()
    assert load_rows("Conv9D") == {}
