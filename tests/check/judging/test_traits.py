from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.check.judging.asked import asked_by
from envprobe.check.judging.traits import traits_of
from envprobe.models.oplist import Requirement, Tensor
from tests.check.asking import conv, conv_nchw, node


def traits(requirement: Requirement) -> dict[str, int]:
    return traits_of(asked_by(requirement))


def test_a_plain_convolution_has_nothing_but_its_rank() -> None:
    assert traits(conv()) == {"rank": 4}


@pytest.mark.parametrize(
    ("attrs", "found"),
    [
        ({"strides": [1, 2, 2, 1]}, {"strided"}),
        ({"strides": [1, 1, 2, 1]}, {"strided", "unequal-strides"}),
        ({"dilations": [1, 3, 3, 1]}, {"dilated"}),
        ({"dilations": [1, 1, 2, 1]}, {"dilated", "unequal-dilations"}),
        ({"padding": "EXPLICIT"}, {"explicit-padding"}),
    ],
)
def test_windows(attrs: dict[str, object], found: set[str]) -> None:
    assert set(traits(conv(attrs=attrs))) == {"rank", *found}


def test_channels_are_where_the_layout_says() -> None:
    assert set(traits(conv_nchw())) == {"rank", "channels-first"}
    first = conv((2, 4, 8, 8), attrs={"data_format": "NCHW", "strides": [1, 1, 2, 2]})
    assert "unequal-strides" not in traits(first)


def test_pools_over_other_dimensions() -> None:
    def pool(ksize: list[int], layout: str) -> set[str]:
        attrs = {"ksize": ksize, "data_format": layout}
        return set(traits(node("MaxPool", ("input", (4, 4, 4, 4)), attrs=attrs)))

    assert pool([1, 2, 2, 1], "NHWC") == {"rank"}
    assert pool([1, 1, 1, 2], "NHWC") == {"rank", "pooled-channels"}
    assert pool([1, 2, 1, 1], "NCHW") == {"rank", "channels-first", "pooled-channels"}
    assert pool([2, 1, 1, 1], "NHWC") == {"rank", "pooled-batch"}


def test_groups_from_the_filter_that_a_backward_op_answers_with() -> None:
    answer = Tensor(name="output", dtype="float32", shape=(3, 3, 1, 8))
    image = ("input", (2, 8, 8, 4))
    grad = node("Conv2DBackpropFilter", image, ("out_backprop", (2, 8, 8, 8)), outputs=(answer,))
    assert traits(grad)["grouped"] == 1


def test_unknown_channels_are_no_groups() -> None:
    assert "grouped" not in traits(conv((2, 8, 8, None)))  # type: ignore[arg-type]


def test_how_deep_an_index_goes() -> None:
    gathered = node("GatherNd", ("params", (2, 2, 2)), ("indices", (7, 3)))
    assert traits(gathered)["index-depth"] == 3


def test_blocks_of_one_are_joined() -> None:
    sizes = Tensor(name="block_shape", dtype="int32", shape=(3,), value=[1, 2, 2])
    image = Tensor(name="input", dtype="float32", shape=(1, 4, 4, 4, 2))
    blocks = Requirement(op="SpaceToBatchND", dtypes={"T": "float32"}, inputs=(image, sizes))
    assert traits(blocks)["block-sizes"] == 2


def test_broadcasting_to_a_shape() -> None:
    wide = Tensor(name="output", dtype="float32", shape=(2, 3, 2))
    spread = node("BroadcastTo", ("input", (2, 1, 2)), ("shape", (3,)), outputs=(wide,))
    assert traits(spread)["broadcast-rank"] == 3


SHAPES = st.lists(st.integers(1, 3), max_size=7).map(tuple)


@given(SHAPES)
def test_equal_shapes_are_one_run_of_numbers(shape: tuple[int, ...]) -> None:
    count = traits(node("AddV2", ("x", shape), ("y", shape))).get("broadcast-rank", 0)
    assert count == (1 if any(size != 1 for size in shape) else 0)


@given(SHAPES, st.lists(st.booleans(), min_size=7, max_size=7))
def test_the_sides_of_a_broadcast_are_alike(shape: tuple[int, ...], keep: list[bool]) -> None:
    other = tuple(size if kept else 1 for size, kept in zip(shape, keep, strict=False))
    there = traits(node("AddV2", ("x", shape), ("y", other)))
    back = traits(node("AddV2", ("x", other), ("y", shape)))
    assert there.get("broadcast-rank") == back.get("broadcast-rank")
    assert there.get("broadcast-rank", 0) <= len(shape)
