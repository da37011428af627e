"""From the text of a node to its pair, and from pairs to shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.errors import FileFormatError
from envprobe.ops.catalog import load_catalog
from envprobe.ops.coverage import (
    NO_DTYPE,
    PLUMBING,
    Recording,
    TracedStep,
    covered_pairs,
    decode_recording,
    encode_recording,
    pair_of,
    pairs_of,
    share_of,
)
from envprobe.ops.row import Row

INPUTS = {
    "Cast": {"x": "SrcT"},
    "AssignVariableOp": {"value": "dtype"},
    "GatherV2": {"params": "Tparams", "indices": "Tindices", "axis": "Taxis"},
    "MatMul": {"a": "T", "b": "T"},
}
TYPES = st.dictionaries(st.sampled_from(["T", "Tidx", "out_type"]), st.sampled_from(["float32"]))


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("MatMul T=bfloat16", ("MatMul", "bfloat16")),
        ("Cast SrcT=float16 DstT=int32", ("Cast", "float16")),
        ("GatherV2 Tparams=float16 Tindices=int64 Taxis=int32", ("GatherV2", "float16")),
        ("AssignVariableOp dtype=int64", ("AssignVariableOp", "int64")),
        ("ReadVariableOp dtype=float32", ("ReadVariableOp", "float32")),
        ("VariableShape out_type=int32", ("VariableShape", NO_DTYPE)),
        ("TensorListReserve element_dtype=bool shape_type=int32", ("TensorListReserve", "bool")),
        ("StatelessWhile", ("StatelessWhile", NO_DTYPE)),
    ],
)
def test_the_dtype_of_a_node_is_that_of_a_cell(text: str, pair: tuple[str, str]) -> None:
    assert pair_of(text, load_catalog(), INPUTS) == pair


def test_a_row_s_cells_cover_its_op_and_a_composite_s_what_it_executes() -> None:
    catalog = {
        "Relu": Row(family="activation"),
        "loop": Row(family="composite", composite="loop", covers=("While", "AddN variant")),
    }
    assert covered_pairs([("Relu", "float16"), ("loop", "float32")], catalog) == {
        ("Relu", "float16"),
        ("Relu", NO_DTYPE),
        ("loop", "float32"),
        ("loop", NO_DTYPE),
        ("While", "float32"),
        ("While", NO_DTYPE),
        ("AddN", "variant"),
    }


def test_plumbing_is_counted_but_asks_for_no_cell() -> None:
    pairs = pairs_of([step(nodes={"Identity T=float32": 5, "Elu T=float32": 2})], {}, {})
    assert pairs == {("Identity", "float32"): 5, ("Elu", "float32"): 2}
    share = share_of(pairs, frozenset())
    assert (share.occurrences, share.pairs, share.of_pairs) == (2, 1, 0.0)
    assert "Identity" in PLUMBING


def test_shares_count_occurrences_and_pairs_apart() -> None:
    pairs = {("Elu", "float32"): 9, ("Elu", "float16"): 1}
    share = share_of(pairs, frozenset({("Elu", "float32"), ("Selu", "float32")}))
    assert (share.of_occurrences, share.of_pairs) == (0.9, 0.5)


def test_of_nothing_all_is_covered() -> None:
    share = share_of({}, frozenset())
    assert (share.of_occurrences, share.of_pairs) == (1.0, 1.0)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.text(max_size=5), TYPES, st.integers(1, 99)),
        unique_by=lambda item: item[:2],
    )
)
def test_a_recording_comes_back_in_order(items: list[tuple[str, str, dict[str, str], int]]) -> None:
    steps = [
        step(group, name, {" ".join(["Op", *(f"{a}={t}" for a, t in types.items())]): count})
        for group, name, types, count in items
    ]
    recording = Recording(
        tensorflow="2.21.0", keras="3.15.1", inputs=INPUTS, exempt={}, steps=tuple(steps)
    )
    content = encode_recording(recording)
    again = decode_recording(content)
    assert sorted(again.steps, key=key) == sorted(steps, key=key) == list(again.steps)
    assert encode_recording(again) == content


@pytest.mark.parametrize("content", [b"", b"{}\n", b"not JSON", b'{"kind": "matrix"}'])
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    with pytest.raises(FileFormatError, match="not a recording of coverage"):
        decode_recording(content)


def step(
    group: str = "layers", name: str = "Elu", nodes: dict[str, int] | None = None
) -> TracedStep:
    return TracedStep(group=group, name=name, precision="float32", error=None, nodes=nodes or {})


def key(step: TracedStep) -> tuple[str, str]:
    return step.group, step.name
