"""FLOPs of a node against numbers that were worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from envprobe.models.flops import cost_of
from envprobe.models.oplist import Requirement, Tensor

Shapes = dict[str, tuple[int | None, ...] | None]


def cost(op: str, inputs: Shapes, outputs: Shapes, dtype: str = "float32", **attrs: Any) -> Any:
    return cost_of(
        Requirement(
            op=op,
            dtypes={"T": dtype},
            attrs=attrs,
            inputs=tuple(Tensor(name=n, dtype=dtype, shape=s) for n, s in inputs.items()),
            outputs=tuple(Tensor(name=n, dtype=dtype, shape=s) for n, s in outputs.items()),
        )
    )


@pytest.mark.parametrize(
    ("op", "inputs", "outputs", "attrs", "flops"),
    [
        ("MatMul", {"a": (2, 3), "b": (3, 5)}, {"product": (2, 5)}, {}, 60),
        ("MatMul", {"a": (3, 2), "b": (3, 5)}, {"product": (2, 5)}, {"transpose_a": True}, 60),
        ("BatchMatMulV2", {"x": (7, 2, 3), "y": (7, 3, 5)}, {"output": (7, 2, 5)}, {}, 420),
        (
            "Einsum",
            {"inputs:0": (2, 3), "inputs:1": (3, 5)},
            {"output": (2, 5)},
            {"equation": "ij,jk->ik"},
            60,
        ),
        (
            "Einsum",
            {"inputs:0": (7, 2, 3), "inputs:1": (7, 3, 5)},
            {"output": (7, 2, 5)},
            {"equation": "...ij,...jk->...ik"},
            420,
        ),
        (
            "Conv2D",
            {"input": (1, 8, 8, 3), "filter": (3, 3, 3, 4)},
            {"output": (1, 6, 6, 4)},
            {},
            2 * 36 * 4 * 27,
        ),
        (
            "Conv2D",  # two groups: each output sees half of the channels
            {"input": (1, 8, 8, 4), "filter": (3, 3, 2, 4)},
            {"output": (1, 6, 6, 4)},
            {},
            2 * 36 * 4 * 18,
        ),
        (
            "Conv2DBackpropFilter",
            {"input": (1, 8, 8, 3), "filter_sizes": (4,), "out_backprop": (1, 6, 6, 4)},
            {"output": (3, 3, 3, 4)},
            {},
            2 * 36 * 4 * 27,
        ),
        (
            "Conv2DBackpropInput",
            {"input_sizes": (4,), "filter": (3, 3, 3, 4), "out_backprop": (1, 6, 6, 4)},
            {"output": (1, 8, 8, 3)},
            {},
            2 * 36 * 4 * 27,
        ),
        (
            "DepthwiseConv2dNative",
            {"input": (1, 8, 8, 3), "filter": (3, 3, 3, 1)},
            {"output": (1, 6, 6, 3)},
            {},
            2 * 36 * 3 * 9,
        ),
        ("Relu", {"features": (4, 5)}, {"activations": (4, 5)}, {}, 20),
        ("Sum", {"input": (4, 5), "axis": (1,)}, {"output": (4,)}, {}, 20),
        ("Reshape", {"tensor": (4, 5), "shape": (1,)}, {"output": (20,)}, {}, 0),
        ("MaxPool", {"input": (1, 4, 4, 2)}, {"output": (1, 2, 2, 2)}, {"ksize": [1, 2, 2, 1]}, 32),
    ],
)
def test_flops(op: str, inputs: Shapes, outputs: Shapes, attrs: Any, flops: float) -> None:
    assert cost(op, inputs, outputs, **attrs).flops == flops


def test_bytes_are_all_inputs_and_outputs_once() -> None:
    found = cost("AddV2", {"x": (4, 5), "y": (5,)}, {"z": (4, 5)}, dtype="bfloat16")
    assert (found.flops, found.bytes, found.unknown) == (20, 2 * 45, None)


def test_whole_numbers_are_no_flops() -> None:
    assert cost("AddV2", {"x": (4,), "y": (4,)}, {"z": (4,)}, dtype="int32").flops == 0


@pytest.mark.parametrize("shape", [None, (None, 3)])
def test_an_unknown_shape_makes_an_unknown_cost(shape: tuple[int | None, ...] | None) -> None:
    found = cost("Relu", {"features": shape}, {"activations": shape})
    assert (found.flops, found.bytes) == (None, None)
    assert found.unknown == "the shape of features is not known"


def test_an_update_counts_its_gradient() -> None:
    update = Requirement(
        op="ResourceApplyGradientDescent",
        inputs=(
            Tensor(name="var", dtype="resource", shape=()),
            Tensor(name="grad", dtype="float32", shape=(10,)),
        ),
    )
    assert cost_of(update).flops == 20
