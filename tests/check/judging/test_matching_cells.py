from __future__ import annotations

import pytest

from envprobe.check.judging.matching_cells import covering_matches, gradient_matches, matches_of
from envprobe.models.oplist import Requirement, Tensor
from envprobe.models.text import parse_text
from envprobe.ops.catalog import load_catalog, resolve, variants_of
from envprobe.terms import DTYPES
from tests.check.asking import conv, conv_nchw, node, pool_gradient

ROWS = {op: row for op, row in load_catalog().items() if not row.composite}


def requirement_of(op: str, variant: str, dtype: str) -> Requirement:
    """The node that a cell of the catalog is, as an op list would have it."""
    probe = resolve(op, ROWS[op], variant, dtype)
    types = {name: value for name, value in probe.attrs.items() if value in DTYPES}
    inputs = tuple(
        Tensor(
            name=name,
            dtype="resource" if spec["values"] == "variable" else spec["dtype"],
            shape=tuple(spec["shape"]),
            value=spec["literal"],
        )
        for name, spec in probe.inputs.items()
    )
    attrs = {name: value for name, value in probe.attrs.items() if name not in types}
    return Requirement(op=op, dtypes=types, attrs=attrs, inputs=inputs)


@pytest.mark.parametrize("op", ROWS)
def test_every_cell_measures_the_node_that_it_is(op: str) -> None:
    for variant, chosen in variants_of(ROWS[op]).items():
        for dtype in chosen.dtypes or ROWS[op].dtypes:
            matches = matches_of(requirement_of(op, variant, dtype))
            same = [match for match in matches if match[:4] == (op, variant, dtype, "forward")]
            assert same, (variant, dtype)
            assert same[0].exact or len({match.dtype for match in matches}) > 1


def test_the_most_alike_comes_first() -> None:
    valid = conv(attrs={"padding": "VALID"})
    assert [match.variant for match in matches_of(valid)][:2] == ["nhwc-valid", "nhwc"]


DEPTHWISE = node("DepthwiseConv2dNative", attrs={"data_format": "NHWC", "strides": [1, 1, 2, 1]})


@pytest.mark.parametrize(
    ("asked", "variants"),
    [
        (conv_nchw(), {"nchw"}),
        (conv(kernel=(3, 3, 2, 8)), {"nhwc-grouped"}),
        (conv(attrs={"strides": [1, 3, 3, 1]}), {"nhwc-strided"}),
        (conv(attrs={"strides": [1, 2, 2, 1], "dilations": [1, 2, 2, 1]}), set()),
        (DEPTHWISE, set()),
        (node("MatMul", attrs={"transpose_a": True}), {"transposed-a"}),
        (node("Softmax", ("logits", (2, 2, 2, 2))), {"default"}),
        (node("Softmax", ("logits", (2, 2, 2, 2, 2, 2))), set()),
    ],
)
def test_what_decides_is_the_same(asked: Requirement, variants: set[str]) -> None:
    assert {match.variant for match in matches_of(asked)} & WELL_KNOWN == variants


# Variants that differ in what does not decide stand beside these.
WELL_KNOWN = frozenset(
    {"nchw", "nhwc-grouped", "nhwc-strided", "nhwc-dilated", "nhwc", "transposed-a", "default"}
)


def test_an_op_without_a_row_is_measured_by_nothing() -> None:
    assert matches_of(node("TheirOwnOp")) == ()


def test_a_list_written_by_hand_gives_the_dtype_alone() -> None:
    asked = parse_text("AvgPool3D float64\nReadVariableOp float16\n", "by hand").requirements
    found = {(match.op, match.dtype) for one in asked for match in matches_of(one)}
    assert found == {("AvgPool3D", "float64"), ("ReadVariableOp", "float16")}


def test_gradient_cells_are_of_the_same_layout() -> None:
    matches = gradient_matches("MaxPool", pool_gradient(), "float32")
    assert {(match.variant, match.direction) for match in matches} == {("nchw", "gradient")}


def test_an_op_without_gradient_cells_has_none() -> None:
    assert gradient_matches("ArgMax", pool_gradient(), "float32") == ()


def test_composites_execute_ops_in_their_own_dtype_or_a_fixed_one() -> None:
    listed = Requirement(op="EmptyTensorList", dtypes={"element_dtype": "float16"})
    assert {match.dtype for match in covering_matches(listed)} == {"float16"}
    branch = Requirement(op="StatelessIf", dtypes={"Tcond": "bool"})
    assert {"float32", "float16"} <= {match.dtype for match in covering_matches(branch)}
    other = Requirement(op="StatelessIf", dtypes={"Tcond": "float32"})
    assert covering_matches(other) == ()
