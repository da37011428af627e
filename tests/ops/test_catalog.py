"""Every row of the catalog is well formed; no TensorFlow needed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from envprobe.errors import UsageError
from envprobe.ops.catalog import (
    GROUPS,
    catalog_folder,
    inputs_of,
    load_catalog,
    resolve,
    variant_of,
    variants_of,
)
from envprobe.ops.formula import evaluate
from envprobe.ops.row import InputSpec, Row, Variant
from envprobe.terms import DTYPES
from envprobe.worker.inputs import GENERATORS, make
from envprobe.worker.references import PROPERTIES, REFERENCES

PRESETS = ("quick", "standard", "full")
RAW = {op: row for op, row in load_catalog().items() if row.composite is None}
VARIANTS = [(op, name) for op, row in RAW.items() for name in variants_of(row)]
TABLE = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


def chosen(op: str, name: str) -> tuple[Row, Variant]:
    return RAW[op], variant_of(op, RAW[op], name)


def test_there_are_enough_raw_ops() -> None:
    assert len(RAW) >= 170


@pytest.mark.parametrize(
    "file",
    [
        file.name
        for file in catalog_folder().iterdir()
        if file.name not in ("exceptions.toml", "composites.toml")
    ],
)
def test_rows_are_sorted_and_stand_in_the_file_of_their_family(file: str) -> None:
    ops = TABLE.findall((catalog_folder() / file).read_text(encoding="utf-8"))
    assert ops == sorted(ops)
    assert {RAW[op].family for op in ops} == {file.removesuffix(".toml")}


@pytest.mark.parametrize("op", RAW)
def test_words_are_known(op: str) -> None:
    row = RAW[op]
    assert row.preset in PRESETS
    assert set(row.devices) <= {"CPU", "GPU", "TPU"}
    for holder in (row, *row.variants.values()):
        for field in ("dtypes", "no_kernel", "unimplemented", "probe", "timed"):
            assert set(getattr(holder, field, None) or ()) <= set(DTYPES), field
    for variant in variants_of(row).values():
        assert variant.preset in PRESETS


@pytest.mark.parametrize(("op", "name"), VARIANTS)
def test_a_dtype_has_one_status_and_timed_ones_work(op: str, name: str) -> None:
    row, variant = chosen(op, name)
    claims: list[str] = []
    for field in ("dtypes", "no_kernel", "unimplemented"):
        own = getattr(variant, field)
        claims += getattr(row, field) if own is None else own
    assert len(claims) == len(set(claims))
    working = row.dtypes if variant.dtypes is None else variant.dtypes
    timed = row.timed if variant.timed is None else variant.timed
    assert set(timed) <= set(working)


@pytest.mark.parametrize(("op", "name"), VARIANTS)
def test_gradients_are_taken_of_inputs_that_are_fed(op: str, name: str) -> None:
    row, variant = chosen(op, name)
    inputs = inputs_of(row, variant)
    for watched in row.gradient if variant.gradient is None else variant.gradient:
        assert not inputs[watched].constant
        assert inputs[watched].values not in ("variable", "table")


@pytest.mark.parametrize(("op", "name"), VARIANTS)
def test_the_dtype_of_the_cell_reaches_the_op(op: str, name: str) -> None:
    row, variant = chosen(op, name)
    attrs = {**row.attrs, **variant.attrs}.values()
    of_inputs = any(spec.dtype == "T" for spec in inputs_of(row, variant).values())
    assert of_inputs or any(value in ("T", "complex(T)", "real(T)") for value in attrs)


@pytest.mark.parametrize(("op", "name"), VARIANTS)
def test_references_exist(op: str, name: str) -> None:
    row, variant = chosen(op, name)
    reference = variant.reference or row.reference
    known = ("float64", "float32", "nhwc", "ndhwc", "numpy", "property", "runs")
    assert reference in known
    assert reference != "numpy" or op in REFERENCES
    assert reference != "property" or op in PROPERTIES


def test_no_reference_lacks_a_row() -> None:
    assert set(REFERENCES) | set(PROPERTIES) <= set(RAW)


@pytest.mark.parametrize(("op", "name"), VARIANTS)
def test_inputs_are_made_and_never_all_zero(op: str, name: str) -> None:
    row = RAW[op]
    for dtype in row.dtypes[:1]:
        for argument, spec in resolve(op, row, name, dtype).inputs.items():
            assert spec["values"] in GENERATORS
            if spec["literal"] is None:
                array = make(spec, f"{op}/{name}/{argument}/0")
                assert list(array.shape) == spec["shape"]
                assert array.size == 0 or array.any()


@pytest.mark.parametrize(
    ("op", "name"),
    [(op, name) for op, name in VARIANTS if chosen(op, name)[1].flops or RAW[op].flops],
)
def test_formulas_give_a_number(op: str, name: str) -> None:
    row, variant = chosen(op, name)
    shapes: dict[str, list[Any]] = {"output:0": [2, 3, 3, 4, 4]}
    for argument, spec in resolve(op, row, name, "float32", timed=True).inputs.items():
        if spec["constant"] or spec["values"] == "variable":
            continue
        many = range(spec["count"]) if spec["count"] > 1 else ()
        shapes.update({f"{argument}:{i}": spec["shape"] for i in many})
        shapes.update({argument: spec["shape"]} if not many else {})
    for formula in filter(None, (variant.flops or row.flops, row.bytes)):
        assert evaluate(formula, shapes) > 0


def test_a_variant_overrides_only_what_it_names() -> None:
    row = Row(
        family="x",
        attrs={"padding": "SAME", "type": "T", "wide": "complex(T)"},
        inputs={"a": InputSpec(shape=(2,), timed_shape=(8,)), "b": InputSpec(dtype="int32")},
        variants={"valid": Variant(attrs={"padding": "VALID"}, precision="float16")},
        tolerance=2.0,
    )
    found = resolve("X", row, "valid", "float64")
    assert found.attrs == {"padding": "VALID", "type": "float64", "wide": "complex128"}
    assert found.inputs["a"]["shape"] == [2]
    assert found.inputs["a"]["dtype"] == "float64"
    assert found.inputs["b"]["dtype"] == "int32"
    assert [found.inputs[name]["fixed"] for name in "ab"] == [False, True]
    assert found.tolerance > 1e6  # float16's tolerance, in units of float64's
    assert resolve("X", row, "valid", "float32", timed=True).inputs["a"]["shape"] == [8]


def test_an_unknown_variant_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match="nhwc-strided"):
        variant_of("Conv2D", RAW["Conv2D"], "nhwc-stride")


def test_groups_are_spelt_out() -> None:
    for row in RAW.values():
        assert not set(row.dtypes) & set(GROUPS)
    assert RAW["AddV2"].dtypes[:4] == GROUPS["floats"]
