"""The node of a cell has all that TensorFlow's registry asks for."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from envprobe.evidence.node import dtype_attr_of, node_attrs
from envprobe.ops.catalog import load_catalog, resolve, variants_of
from envprobe.registrations import OpDefinition, Registrations, read_release

NEWEST = read_release("2.21.0")
ROWS = {op: row for op, row in load_catalog().items() if not row.composite}


def attrs(op: str, dtype: str, variant: str = "default") -> dict[str, str]:
    return node_attrs(resolve(op, ROWS[op], variant, dtype), NEWEST.ops[op])


def supported(op: str) -> Iterator[tuple[str, str]]:
    """Every variant of an op with each dtype that it is said to work in."""
    for name, variant in variants_of(ROWS[op]).items():
        for dtype in ROWS[op].dtypes if variant.dtypes is None else variant.dtypes:
            yield name, dtype


def nodes() -> Iterator[tuple[str, OpDefinition, dict[str, str]]]:
    """The node of every cell that is said to work, with its op and the op's definition."""
    for op in sorted(ROWS.keys() & NEWEST.ops.keys()):
        for variant, dtype in supported(op):
            yield op, NEWEST.ops[op], attrs(op, dtype, variant)


def test_every_row_s_nodes_are_whole_and_allowed() -> None:
    strange = []
    for op, definition, found in nodes():
        # Without one of them a kernel that it keeps away would seem to take the node.
        lacking = set(definition.type_attrs) - found.keys()
        invented = found.keys() - definition.attrs.keys()
        refused = {
            (name, value)
            for name, value in found.items()
            if name not in invented and not definition.allows(name, value)
        }
        if lacking or invented or refused:
            strange.append((op, lacking, invented, refused))
    assert strange == []


def test_every_constraint_of_one_value_is_answered() -> None:
    """Constraints of lists are left open: no row's node is refused for those."""
    strange = set()
    for op, definition, found in nodes():
        spoken_of = {name for kernel in NEWEST.kernels_of(op) for name in kernel.constraints}
        single = {name for name in spoken_of if not definition.attrs[name].type.startswith("list")}
        strange |= {(op, name) for name in single - found.keys()}
    assert strange == set()


def test_every_row_is_defined_in_the_newest_release() -> None:
    assert ROWS.keys() <= NEWEST.ops.keys()


def test_types_follow_from_inputs() -> None:
    found = attrs("GatherV2", "bfloat16")
    assert found["Tparams"] == "bfloat16"
    assert found["Tindices"] in ("int32", "int64")
    assert found["Taxis"] in ("int32", "int64")


def test_types_are_given_as_attributes() -> None:
    found = attrs("Cast", "float32", next(iter(variants_of(ROWS["Cast"]))))
    assert {found["SrcT"], found["DstT"]} >= {"float32"}


def test_what_is_not_said_is_the_default_in_the_spelling_of_registrations() -> None:
    found = attrs("MatMul", "float32")
    assert (found["T"], found["transpose_a"], found["grad_a"]) == ("float32", "false", "false")
    conv = attrs("Conv2D", "float16", next(iter(variants_of(ROWS["Conv2D"]))))
    assert conv["use_cudnn_on_gpu"] == "true"
    # Lists decide between no kernels that the rows could tell apart.
    assert not {"strides", "dilations", "explicit_paddings"} & conv.keys()


def test_a_layout_is_part_of_the_node() -> None:
    layouts = {attrs("Conv2D", "float32", name)["data_format"] for name in ROWS["Conv2D"].variants}
    assert layouts == {"NHWC", "NCHW"}


@pytest.mark.parametrize(
    ("op", "attr"),
    [
        ("MatMul", "T"),
        ("Cast", "SrcT"),
        ("DenseBincount", "T"),  # its first type attribute, Tidx, is of the indices
        ("IRFFT", "Tcomplex"),
        ("MaxPoolWithArgmax", "T"),
        ("ReverseV2", "T"),
        ("RandomGamma", "T"),
        ("LogicalAnd", None),
    ],
)
def test_the_attribute_that_is_an_op_s_dtype(op: str, attr: str | None) -> None:
    assert dtype_attr_of(ROWS[op], NEWEST.ops[op]) == attr


def test_an_op_without_a_row_has_its_first_type_attribute() -> None:
    assert dtype_attr_of(None, NEWEST.ops["DenseBincount"]) == "Tidx"
    assert dtype_attr_of(None, OpDefinition()) is None


def test_attributes_of_another_release_are_not_made_up() -> None:
    """A default comes from the definition of the release that is asked about."""
    old: Registrations = read_release("2.13.1")
    probe = resolve("MatMul", ROWS["MatMul"], "default", "float32")
    assert "grad_a" in NEWEST.ops["MatMul"].attrs
    assert "grad_a" not in old.ops["MatMul"].attrs
    assert "grad_a" not in node_attrs(probe, old.ops["MatMul"])
    fewer = msgspec.structs.replace(old.ops["MatMul"], attrs={})
    assert node_attrs(probe, fewer).keys() <= {"T", *probe.attrs}
