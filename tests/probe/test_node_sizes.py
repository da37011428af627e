"""Nodes with open sizes and large batches, as they are run."""

from __future__ import annotations

from typing import Any

import pytest

from envprobe.models.oplist import Requirement, Tensor
from envprobe.probe.node_batch import MOST_ELEMENTS, MOST_FLOPS, with_fitting_batch
from envprobe.probe.node_sizes import UNKNOWN_SIZE, elements_of, sizes_of, with_known_sizes
from envprobe.probe.node_windows import with_window_sizes

N = UNKNOWN_SIZE
Sizes = tuple[int | None, ...] | None


def node(op: str, inputs: dict[str, Any], output: Sizes, **attrs: Any) -> Requirement:
    """Inputs by name: a shape, or a shape and the value."""
    told = {
        name: given if isinstance(given, tuple) and isinstance(given[-1], list) else (given, None)
        for name, given in inputs.items()
    }
    return Requirement(
        op=op,
        attrs=attrs,
        inputs=tuple(
            Tensor(name=name, dtype="float32", shape=shape, value=value)
            for name, (shape, value) in told.items()
        ),
        outputs=(Tensor(name="output", dtype="float32", shape=output),),
    )


def known(asked: Requirement, family: str = "array") -> dict[str, tuple[int, ...]]:
    found = with_window_sizes(with_known_sizes(asked, family), asked)
    return {tensor.name: sizes_of(tensor) for tensor in (*found.inputs, *found.outputs)}


@pytest.mark.parametrize(
    ("asked", "family", "expected"),
    [
        (
            node("MatMul", {"a": (None, 4), "b": (4, 3)}, (None, 3)),
            "matmul",
            {"a": (N, 4), "b": (4, 3), "output": (N, 3)},
        ),
        (
            node("Sub", {"x": (8, 1), "y": (None, 5)}, (8, 5)),
            "elementwise",
            {"x": (8, 1), "y": (8, 5), "output": (8, 5)},
        ),
        (
            node("Cast", {"x": None}, (2, 3)),
            "cast",
            {"x": (2, 3), "output": (2, 3)},
        ),
        (
            node("UnsortedSegmentSum", {"data": (None, 2), "segment_ids": (30,)}, (4, 2)),
            "segment",
            {"data": (30, 2), "segment_ids": (30,), "output": (4, 2)},
        ),
        (
            node("Squeeze", {"input": (3, None)}, (3,), squeeze_dims=(-1,)),
            "array",
            {"input": (3, 1), "output": (3,)},
        ),
        (
            node("Reshape", {"tensor": (None, None)}, (4, 4)),
            "array",
            {"tensor": (16, 1), "output": (4, 4)},
        ),
        (
            node("Transpose", {"x": (None,) * 6}, (None,) * 6),
            "array",
            {"x": (2,) * 6, "output": (2,) * 6},
        ),
    ],
    ids=lambda given: given.op if isinstance(given, Requirement) else "",
)
def test_open_sizes_suit_one_another(
    asked: Requirement, family: str, expected: dict[str, tuple[int, ...]]
) -> None:
    assert known(asked, family) == expected


@pytest.mark.parametrize(
    ("padding", "stride", "windows"), [("SAME", 2, 6), ("VALID", 2, 5), ("VALID", 1, 10)]
)
def test_what_flows_back_has_as_many_windows_as_the_images(
    padding: str, stride: int, windows: int
) -> None:
    asked = node(
        "Conv2DBackpropInput",
        {"filter": (3, 3, 3, 8), "out_backprop": (2, 8, None, None)},
        (2, 3, None, None),
        padding=padding,
        strides=(1, 1, stride, stride),
        data_format="NCHW",
    )
    assert known(asked)["out_backprop"] == (2, 8, windows, windows)


def cut(asked: Requirement, family: str = "array") -> dict[str, Any]:
    found = with_fitting_batch(asked, family)
    return {
        tensor.name: tensor.value or sizes_of(tensor) for tensor in (*found.inputs, *found.outputs)
    }


def test_a_small_node_stays_as_it_is() -> None:
    asked = node("Relu", {"features": (32, 10)}, (32, 10))
    assert with_fitting_batch(asked, "activation") is asked


def test_a_large_batch_is_cut_and_layout_channels_and_kernel_stay() -> None:
    asked = node(
        "Conv2DBackpropInput",
        {
            "input_sizes": ((4,), [64, 56, 56, 32]),
            "filter": (3, 3, 32, 64),
            "out_backprop": (64, 56, 56, 64),
        },
        (64, 56, 56, 32),
        padding="SAME",
        strides=(1, 1, 1, 1),
        data_format="NHWC",
    )
    found = cut(asked, "convolution")
    batch = found["output"][0]
    assert 1 <= batch < 64
    assert found == {
        "input_sizes": [batch, 56, 56, 32],
        "filter": (3, 3, 32, 64),
        "out_backprop": (batch, 56, 56, 64),
        "output": (batch, 56, 56, 32),
    }


def test_the_gradient_of_weights_keeps_its_shape() -> None:
    """The filter is three high, and the batch three: only one of them is the batch."""
    asked = node(
        "Conv2DBackpropFilter",
        {"input": (3, 200, 200, 8), "filter_sizes": (4,), "out_backprop": (3, 200, 200, 8)},
        (3, 3, 8, 8),
        padding="SAME",
        strides=(1, 1, 1, 1),
    )
    found = cut(asked, "convolution")
    assert found["output"] == (3, 3, 8, 8)
    assert found["input"] == (1, 200, 200, 8)


@pytest.mark.parametrize(
    ("transpose_a", "shapes", "expected"),
    [
        (False, ((2048, 512), (512, 300), (2048, 300)), {"b": (512, 300)}),
        (True, ((2048, 512), (2048, 300), (512, 300)), {"output": (512, 300)}),
    ],
    ids=["forward", "gradient of the weights"],
)
def test_a_matrix_of_weights_keeps_its_shape(
    transpose_a: bool,
    shapes: tuple[tuple[int, int], ...],
    expected: dict[str, tuple[int, int]],
) -> None:
    left, right, product = shapes
    asked = node(
        "MatMul", {"a": left, "b": right}, product, transpose_a=transpose_a, transpose_b=False
    )
    found = cut(asked, "matmul")
    assert found["a"][0] < 2048
    assert expected.items() <= found.items()
    assert found["a"][0] == found["b" if transpose_a else "output"][0]


def test_what_is_computed_element_by_element_loses_any_rows() -> None:
    asked = node("Square", {"x": (1, 1, 1024, 2048)}, (1, 1, 1024, 2048))
    found = with_fitting_batch(asked, "elementwise")
    assert elements_of(found) <= MOST_ELEMENTS
    assert sizes_of(found.inputs[0])[:2] == (1, 1)
    assert sizes_of(found.inputs[0])[3] == 2048


def test_what_is_broadcast_stays_broadcastable() -> None:
    asked = node("Mul", {"x": (64, 512, 64), "y": (64,)}, (64, 512, 64))
    found = cut(asked, "elementwise")
    assert found["y"] == (64,)
    assert found["x"] == found["output"]
    assert found["x"][1:] == (512, 64)


def test_the_bounds_leave_single_samples_of_common_networks_whole() -> None:
    """A sample of 112 x 112 x 64 in and out, and a convolution of it, is run as it is."""
    assert MOST_ELEMENTS < 112 * 112 * 64 * 2
    assert MOST_FLOPS > 2 * 56 * 56 * 64 * 64 * 9
    asked = node("Relu6", {"features": (1, 112, 112, 64)}, (1, 112, 112, 64))
    assert cut(asked, "normalization")["features"] == (1, 112, 112, 64)
