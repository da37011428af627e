from __future__ import annotations

import pytest

from envprobe.check.target import Target
from envprobe.models.oplist import Requirement, Tensor
from envprobe.terms import Evidence, Status
from tests.check.asking import CPU, conv, conv_nchw, gpu, judged, node, with_onednn

FP16 = "avx512_fp16"
AVX512 = "avx512f"


@pytest.mark.parametrize(
    ("dtype", "target", "outcome"),
    [
        ("float32", with_onednn(True), "runs"),
        ("float32", with_onednn(False), "fails"),
        ("float32", with_onednn(None), "unknown"),
        ("float32", CPU, "unknown"),
        ("float32", with_onednn(True, machine="aarch64"), "unknown"),
        ("bfloat16", with_onednn(True, AVX512), "runs"),
        ("bfloat16", with_onednn(True), "fails"),
        ("float16", with_onednn(True, FP16), "runs"),
        ("float16", with_onednn(True, AVX512), "fails"),
        ("float64", with_onednn(True, AVX512, FP16), "fails"),
        ("float64", CPU, "fails"),
        ("float64", gpu(), "runs"),
    ],
)
def test_channels_first_needs_onednn_on_a_cpu(dtype: str, target: Target, outcome: str) -> None:
    found = judged(conv_nchw(dtype=dtype), target)
    assert found.outcome == outcome
    assert (found.reason is None) == (outcome == "runs")
    assert found.status is (Status.UNIMPLEMENTED if outcome == "fails" else None)
    assert (found.evidence is Evidence.NONE) == (outcome == "unknown")


def test_who_decides_is_said_where_nobody_knows() -> None:
    assert "oneDNN" in (judged(conv_nchw(), CPU).reason or "")


def test_xla_computes_layouts_in_its_own_way() -> None:
    assert judged(conv_nchw(dtype="float64", compiled=True), CPU).outcome == "runs"


def test_a_dilated_convolution_runs_and_its_gradient_is_refused() -> None:
    attrs = {"dilations": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "data_format": "NHWC"}
    shapes = (("input", (2, 8, 8, 4)), ("filter_sizes", (4,)), ("out_backprop", (2, 8, 8, 8)))
    grad = node("Conv2DBackpropFilter", *shapes, dtype="float64", attrs=attrs)
    assert judged(conv(dtype="float64", attrs=attrs), CPU).outcome == "runs"
    assert judged(grad, CPU).outcome == "fails"


def test_groups_are_told_from_the_shapes() -> None:
    def grad(channels: int) -> Requirement:
        sizes = Tensor(name="filter_sizes", dtype="int32", shape=(4,), value=[3, 3, channels, 8])
        image = Tensor(name="input", dtype="float64", shape=(2, 8, 8, 4))
        return Requirement(
            op="Conv2DBackpropFilter",
            dtypes={"T": "float64"},
            attrs={"data_format": "NHWC", "strides": [1, 1, 1, 1]},
            inputs=(image, sizes),
        )

    assert judged(grad(4), CPU).outcome == "runs"
    assert judged(grad(2), CPU).outcome == "fails"


def softmax(rank: int, dtype: str = "float32") -> Requirement:
    return node("Softmax", ("logits", (2,) * rank), dtype=dtype)


def test_onednn_refuses_what_the_plain_kernel_runs() -> None:
    assert judged(softmax(6), with_onednn(True)).outcome == "fails"
    assert judged(softmax(6), with_onednn(False)).outcome == "runs"
    assert judged(softmax(6), CPU).outcome == "unknown"
    assert judged(softmax(6, "float64"), CPU).outcome == "runs"
    assert judged(softmax(5), with_onednn(True)).outcome == "runs"
    assert judged(softmax(6), gpu()).outcome == "runs"


@pytest.mark.parametrize(
    ("right", "outcome"),
    [
        ((2, 1, 2, 1, 2, 1), "fails"),
        ((1, 1, 2, 3, 1, 3), "runs"),
        ((3,), "runs"),
        ((), "runs"),
        (None, "runs"),
    ],
)
def test_neighbours_that_are_broadcast_alike_count_once(
    right: tuple[int, ...] | None, outcome: str
) -> None:
    added = node("AddV2", ("x", (2, 3, 2, 3, 2, 3)), ("y", right))
    assert judged(added, CPU).outcome == outcome
    assert judged(added, gpu()).outcome == "runs"


def test_limits_of_code_that_both_devices_share_hold_on_both() -> None:
    for target in (CPU, gpu()):
        assert judged(node("ReverseV2", ("tensor", (1,) * 9)), target).outcome == "fails"
        assert judged(node("ReverseV2", ("tensor", (1,) * 8)), target).outcome == "runs"


def test_a_rank_that_nobody_knows_is_not_refused() -> None:
    assert judged(node("ReverseV2", ("tensor", None)), CPU).outcome == "runs"
