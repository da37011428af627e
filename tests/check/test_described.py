from __future__ import annotations

from typing import Any

import pytest

from envprobe.check.described import called, dtype_of, is_channels_first, standing
from envprobe.models.oplist import Place, Requirement, Tensor


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ({"Tidx": "int32", "T": "float16"}, "float16"),
        ({"Tindices": "int64", "dtype": "bfloat16"}, "bfloat16"),
        ({"Tin": ("resource", "float32"), "Tout": ("int32",)}, "float32"),
        ({"Tindices": "int64", "Treal": "float64"}, "float64"),
        ({"Tidx": "int32"}, "int32"),
        ({}, None),
    ],
)
def test_the_dtype_that_a_node_computes_in(dtypes: dict[str, Any], expected: str | None) -> None:
    assert dtype_of(Requirement(op="Op", dtypes=dtypes)) == expected


def test_a_node_is_called_by_its_data_and_not_by_its_filter() -> None:
    gradient = Requirement(
        op="Conv2DBackpropInput",
        dtypes={"T": "float32"},
        attrs={"data_format": "NCHW"},
        inputs=(
            Tensor(name="input_sizes", dtype="int32", shape=(4,)),
            Tensor(name="filter", dtype="float32", shape=(3, 3, 8, 8)),
            Tensor(name="out_backprop", dtype="float32", shape=(None, 8, 11, 11)),
        ),
    )
    assert called(gradient) == "Conv2DBackpropInput in float32, layout NCHW, on (?, 8, 11, 11)"
    assert is_channels_first(gradient)


def test_what_is_not_known_is_not_named() -> None:
    assert called(Requirement(op="NoOp")) == "NoOp"
    assert called(Requirement(op="Relu", inputs=(Tensor(name="x", dtype="float32"),))) == "Relu"
    assert standing([]) is None
    assert standing([Place()]) is None


def test_where_a_node_stands() -> None:
    line = Place(file="/home/a/net.py", line=7)
    layer = Place(layer="a", file="/home/a/net.py", line=8)
    assert standing([line]) == "net.py:7"
    assert standing([layer, layer]) == "layer 'a' (net.py:8)"
    assert standing([layer, Place(layer="b")]) == "layers 'a' (net.py:8), 'b'"
