"""What stands between an op and its gradient on a device."""

from __future__ import annotations

import msgspec
import pytest

from envprobe.registrations import (
    Attribute,
    Gradient,
    GradientNodes,
    Kernel,
    OpDefinition,
    Registrations,
    known_releases,
    read_release,
)
from envprobe.registrations.gradient import GradientNode
from envprobe.registrations.gradient_kernels import gradient_gap

TYPED = OpDefinition(attrs={"T": Attribute(type="type")})
NODES = (
    GradientNode("Here", {"T": "*"}),
    GradientNode("There", {"T": "*"}),
    GradientNode("Pinned", {"T": "int32"}, "CPU"),
)
USES = (GradientNodes(dtypes=("float16", "float32"), nodes=NODES),)


def kernel(device_type: str, *dtypes: str) -> Kernel:
    return Kernel(device_type=device_type, constraints={"T": dtypes})


FOUND = Registrations(
    tensorflow="2.21.0",
    git_version="v2.21.0",
    build={},
    ops=dict.fromkeys(("Here", "There", "Pinned", "Asked"), TYPED),
    kernels={
        "Here": (kernel("CPU", "float16", "float32"), kernel("GPU", "float16", "float32")),
        "There": (kernel("CPU", "float16", "float32"), kernel("GPU", "float32")),
        "Pinned": (kernel("CPU", "int32"),),
    },
    gradients={
        "Asked": Gradient(differentiable=True, uses=USES),
        "Never": Gradient(differentiable=False),
        "Untraced": Gradient(differentiable=True, unknown="ValueError: no"),
    },
)


@pytest.mark.parametrize(
    ("device_type", "dtype"),
    [("CPU", "float16"), ("CPU", "float32"), ("GPU", "float32"), ("CPU", "float64")],
)
def test_nothing_is_known_to_be_missing(device_type: str, dtype: str) -> None:
    assert gradient_gap(FOUND, "Asked", device_type, dtype) is None
    assert gradient_gap(FOUND, "Untraced", device_type, dtype) is None


def test_a_node_without_a_kernel_there_is_named() -> None:
    gap = gradient_gap(FOUND, "Asked", "GPU", "float16")
    assert gap is not None
    assert gap.lacking == (GradientNode("There", {"T": "float16"}),)
    assert gap.reason == "its gradient uses There, which has no kernel there"


def test_a_pinned_node_is_looked_for_on_the_cpu_alone() -> None:
    kernels = {**FOUND.kernels, "Pinned": (kernel("GPU", "int32"),)}
    gap = gradient_gap(msgspec.structs.replace(FOUND, kernels=kernels), "Asked", "GPU", "float32")
    assert gap is not None
    assert [node.op for node in gap.lacking] == ["Pinned"]


def test_no_gradient_and_a_declared_absence_are_told_apart() -> None:
    reasons = []
    for op in ("Unheard", "Never"):
        gap = gradient_gap(FOUND, op, "CPU", "float32")
        assert gap is not None
        assert gap.lacking == ()
        reasons.append(gap.reason)
    assert reasons == [
        "TensorFlow has no gradient for it",
        "TensorFlow declares it not differentiable",
    ]


@pytest.mark.parametrize("release", known_releases())
def test_known_gaps(release: str) -> None:
    found = read_release(release)
    assert gradient_gap(found, "Prod", "GPU", "float32") is None
    assert gradient_gap(found, "Conv2D", "GPU", "bfloat16") is None
    assert gradient_gap(found, "Qr", "CPU", "float32") is None
    gap = gradient_gap(found, "Qr", "CPU", "float16")
    assert gap is not None
    assert [node.op for node in gap.lacking] == ["MatrixTriangularSolve"]
