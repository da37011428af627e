"""What gradients are computed with: known truths, traced in a real TensorFlow and in the files."""

from __future__ import annotations

import pytest

from envprobe.registrations import (
    Gradient,
    GradientNodes,
    Registrations,
    known_releases,
    read_release,
)
from envprobe.registrations.gradient import GradientNode

USED = {
    "Conv2D": {"Conv2DBackpropFilter", "Conv2DBackpropInput"},
    "Conv3D": {"Conv3DBackpropFilterV2", "Conv3DBackpropInputV2"},
    "FusedBatchNormV3": {"FusedBatchNormGradV3"},
    "LogSoftmax": {"Exp", "Mul", "Sub", "Sum"},
    "MatMul": {"MatMul"},
    "MaxPool": {"MaxPoolGrad"},
    "Prod": {"Cumprod", "ListDiff", "Mul"},
    "Relu": {"ReluGrad"},
    "Softmax": {"Mul", "Sub", "Sum"},
    "Tanh": {"TanhGrad"},
}


def require_known_truths(found: Registrations) -> None:
    for op, used in USED.items():
        nodes = found.gradients[op].nodes_in("float32")
        assert nodes is not None, op
        assert used <= {node.op for node in nodes}, op
    assert [node.op for node in found.gradients["Relu"].nodes_in("bfloat16") or ()] == ["ReluGrad"]


@pytest.mark.tensorflow
def test_known_truths_are_traced(installed: Registrations) -> None:
    require_known_truths(installed)


@pytest.mark.tensorflow
def test_known_truths_are_traced_in_an_old_release(installed_old: Registrations) -> None:
    require_known_truths(installed_old)


@pytest.mark.parametrize("release", known_releases())
def test_known_truths_are_in_the_files(release: str) -> None:
    require_known_truths(read_release(release))


@pytest.mark.parametrize("release", known_releases())
def test_a_node_that_is_pinned_to_the_cpu(release: str) -> None:
    """Prod computes its permutation on the CPU, wherever it runs itself."""
    nodes = read_release(release).gradients["Prod"].nodes_in("float16") or ()
    by_op = {node.op: node for node in nodes}
    assert by_op["ListDiff"].device_type == "CPU"
    assert by_op["ListDiff"].types["T"] == "int32"
    assert by_op["Cumprod"].device_type is None
    assert by_op["Cumprod"].types["T"] == "float16"


@pytest.mark.parametrize("release", known_releases())
def test_complex_gradients_are_conjugated(release: str) -> None:
    gradient = read_release(release).gradients["MatMul"]
    assert "Conj" in {node.op for node in gradient.nodes_in("complex64") or ()}
    assert "Conj" not in {node.op for node in gradient.nodes_in("float32") or ()}


@pytest.mark.parametrize("release", known_releases())
def test_what_is_declared_and_what_cannot_be_traced(release: str) -> None:
    gradients = read_release(release).gradients
    assert not gradients["BitwiseAnd"].differentiable
    assert "Fact" not in gradients
    # Its branches are functions, which a general rule cannot make up.
    assert gradients["While"].differentiable
    assert gradients["While"].uses == ()
    assert "nothing can be made up" in (gradients["While"].unknown or "")
    assert gradients["While"].nodes_in("float32") is None


def test_the_asked_dtype_is_filled_in() -> None:
    nodes = (
        GradientNode("Cast", {"SrcT": "*", "DstT": "int32"}),
        GradientNode("Neg", {"T": "*"}, "CPU"),
    )
    gradient = Gradient(
        differentiable=True, uses=(GradientNodes(dtypes=("float16", "float32"), nodes=nodes),)
    )
    assert gradient.nodes_in("float16") == (
        GradientNode("Cast", {"SrcT": "float16", "DstT": "int32"}),
        GradientNode("Neg", {"T": "float16"}, "CPU"),
    )
    assert gradient.nodes_in("float64") is None
    assert Gradient(differentiable=False).nodes_in("float32") is None
