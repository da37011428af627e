"""The kernel that we find for a node is the one that TensorFlow itself takes."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from envprobe.registrations import (
    Argument,
    Attribute,
    Kernel,
    OpDefinition,
    Registrations,
    known_releases,
    read_release,
)
from envprobe.registrations.kernel import COMPILERS, DEFAULT_DEVICE
from envprobe.registrations.lookup import find_kernel, runs_on_host
from envprobe.terms import DTYPES

ASK = Path(__file__).with_name("ask_kernels.py")
# Beside those for which an op has kernels of its own.
DEVICE_TYPES = ("CPU", "GPU", "TPU", "PLUGGED")
OTHER_VALUES = {"bool": ("true", "false"), "int": ("-1", "0"), "string": ("", "NHWC", "other")}

# TensorFlow refuses a node that two kernels of one priority take, and the wheel of 2.13.1 that was
# built with CUDA registers these twice. No other release registers any kernel twice.
TWICE = {("2.13.1", "StochasticCastToInt", "CPU", "float16")}

Node = dict[str, Any]


def nodes_of(registrations: Registrations, dtypes: tuple[str, ...]) -> list[Node]:
    """For every kernel a node that it may take and one with another value, on all device types."""
    chance = random.Random(20)
    nodes = {
        json.dumps(node): node
        for op in registrations.kernels
        for node in _nodes(registrations, op, dtypes, chance)
    }
    return list(nodes.values())


def _nodes(
    registrations: Registrations, op: str, dtypes: tuple[str, ...], chance: random.Random
) -> Iterator[Node]:
    kernels, definition = registrations.kernels_of(op), registrations.ops[op]
    names = sorted({name for kernel in kernels for name in kernel.constraints})
    attrs = {name: definition.attrs[name] for name in names if name in definition.attrs}
    own = {kernel.device_type for kernel in kernels}
    device_types = {*DEVICE_TYPES, *compilers(registrations), *own} - {DEFAULT_DEVICE}

    def any_value(attr: Attribute) -> str:
        return chance.choice(attr.allowed or OTHER_VALUES.get(attr.type) or dtypes)

    for kernel in kernels:
        taken = {
            name: chance.choice(kernel.constraints.get(name) or [any_value(attr)])
            for name, attr in attrs.items()
        }
        changed = {name: any_value(attrs[name]) for name in chance.sample(list(attrs), bool(attrs))}
        for values in (taken, {**taken, **changed}):
            asked = {name: [attrs[name].type, value] for name, value in values.items()}
            for device_type in sorted(device_types):
                yield {"op": op, "device_type": device_type, "attrs": asked}


def compilers(registrations: Registrations) -> list[str]:
    """XLA's, of the build; one that it lacks is to TensorFlow a name like that of any device."""
    of_addition = {kernel.device_type for kernel in registrations.kernels_of("AddV2")}
    return [name for name in COMPILERS if name in of_addition]


def answers(python: str, nodes: list[Node], library: str = "-") -> list[Any]:
    """What TensorFlow says of each node."""
    done = subprocess.run(
        [python, str(ASK), library],
        input=json.dumps(nodes),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == len(nodes)
    return found


def our_kernel(registrations: Registrations, node: Node) -> Kernel | None:
    attrs = {name: value for name, (_, value) in node["attrs"].items()}
    return find_kernel(registrations, node["op"], node["device_type"], attrs)


def known_dtypes(registrations: Registrations) -> tuple[str, ...]:
    """Those of ours that the release knows, since it has kernels for them."""
    named = {
        value
        for kernels in registrations.kernels.values()
        for kernel in kernels
        for values in kernel.constraints.values()
        for value in values
    }
    return tuple(dtype for dtype in DTYPES if dtype in named)


def require_same_presence(registrations: Registrations, python: str) -> None:
    nodes = nodes_of(registrations, known_dtypes(registrations))
    theirs = answers(python, nodes)
    ours = [our_kernel(registrations, node) is not None for node in nodes]
    differing = [node for node, a, b in zip(nodes, ours, theirs, strict=True) if a != b]
    assert [node for node in differing if not twice(registrations, node)] == []
    assert len(nodes) > 10_000
    # Neither a world with kernels for everything nor one without any.
    assert 0.2 < sum(theirs) / len(nodes) < 0.8


def twice(registrations: Registrations, node: Node) -> bool:
    _, dtype = node["attrs"].get("Tin", ("", ""))
    return (registrations.tensorflow, node["op"], node["device_type"], dtype) in TWICE


@pytest.mark.tensorflow
def test_tensorflow_has_a_kernel_where_we_find_one(
    installed: Registrations, tensorflow_python: str
) -> None:
    require_same_presence(installed, tensorflow_python)


@pytest.mark.tensorflow
def test_an_old_tensorflow_has_a_kernel_where_we_find_one(
    installed_old: Registrations, old_tensorflow_python: str
) -> None:
    require_same_presence(installed_old, old_tensorflow_python)


@pytest.mark.tensorflow
@pytest.mark.timeout(600)
def test_tensorflow_takes_the_kernel_that_we_find(
    installed_with_custom_op: Registrations, tensorflow_python: str, custom_op: str
) -> None:
    """The same device type, priority and host memory, also of an op with several that fit."""
    nodes = nodes_of(installed_with_custom_op, known_dtypes(installed_with_custom_op))
    theirs = answers(tensorflow_python, nodes, custom_op)
    ours = [told(our_kernel(installed_with_custom_op, node)) for node in nodes]
    differing = [(n, a, b) for n, a, b in zip(nodes, ours, theirs, strict=True) if a != b]
    assert [line for line in differing if not twice(installed_with_custom_op, line[0])] == []
    chosen = [found for found in theirs if found]
    assert {found["priority"] for found in chosen} >= {0, 1, 2}
    assert {found["device_type"] for found in chosen} >= {"CPU", DEFAULT_DEVICE, "XLA_CPU_JIT"}
    assert any(found["host_memory"] for found in chosen)


def told(kernel: Kernel | None) -> dict[str, Any] | None:
    if kernel is None:
        return None
    return {
        "device_type": kernel.device_type,
        "priority": kernel.priority,
        "label": kernel.label,
        "host_memory": list(kernel.host_memory),
    }


def registry(*kernels: Kernel) -> Registrations:
    """One op, `Same`, with these kernels."""
    attrs = {"T": Attribute(type="type"), "mode": Attribute(type="string", default="a")}
    side = (Argument(name="x", type_attr="T"),), (Argument(name="y", type_attr="T"),)
    same = OpDefinition(inputs=side[0], outputs=side[1], attrs=attrs)
    return Registrations(
        tensorflow="2.21.0",
        git_version="v2.21.0",
        build={},
        ops={"Same": same},
        kernels={"Same": kernels},
        gradients={},
    )


CPU = Kernel(device_type="CPU", constraints={"T": ("float32", "float64")})
FAST = Kernel(device_type="CPU", constraints={"T": ("float32",), "mode": ("a",)}, priority=1)
LABELLED = Kernel(device_type="CPU", label="exact", priority=5)
DEFAULT = Kernel(device_type=DEFAULT_DEVICE, constraints={"T": ("int32", "float32")}, priority=9)
BEYOND = Kernel(device_type="CPU", constraints={"index": ("int64",)}, priority=7)
ALL = registry(CPU, FAST, LABELLED, DEFAULT, BEYOND)


@pytest.mark.parametrize(
    ("device_type", "attrs", "expected"),
    [
        ("CPU", {"T": "float32"}, FAST),
        ("CPU", {"T": "float32", "mode": "a"}, FAST),
        ("CPU", {"T": "float32", "mode": "b"}, CPU),
        ("CPU", {"T": "float64", "mode": "a"}, CPU),
        ("CPU", {"T": "int32", "mode": "a"}, DEFAULT),
        ("CPU", {"T": "string", "mode": "a"}, None),
        ("CPU", {}, FAST),
        ("GPU", {"T": "float32", "mode": "a"}, DEFAULT),
        ("GPU", {"T": "float64", "mode": "a"}, None),
        ("XLA_CPU_JIT", {"T": "float32"}, None),
        ("XLA_GPU_JIT", {"T": "int32"}, None),
    ],
)
def test_the_kernel_of_a_node(
    device_type: str, attrs: dict[str, str], expected: Kernel | None
) -> None:
    assert find_kernel(ALL, "Same", device_type, attrs) == expected
    backwards = registry(*reversed(ALL.kernels_of("Same")))
    assert find_kernel(backwards, "Same", device_type, attrs) == expected


def test_no_op_no_kernel() -> None:
    assert find_kernel(ALL, "Other", "CPU", {"T": "float32"}) is None
    assert ALL.kernels_of("Other") == ()


@pytest.mark.parametrize("release", known_releases())
def test_known_kernels(release: str) -> None:
    found = read_release(release)

    def kernel(op: str, device_type: str, **attrs: str) -> Kernel | None:
        return find_kernel(found, op, device_type, attrs)

    assert kernel("MatMul", "GPU", T="bfloat16")
    assert kernel("MatMul", "CPU", T="string") is None
    assert kernel("Conv2D", "CPU", T="float64")
    assert kernel("GatherNd", "CPU", Tparams="string", Tindices="int64")
    assert kernel("GatherNd", "CPU", Tparams="string", Tindices="float32") is None
    # Its kernel takes all, and says at run time which conversions it has.
    assert kernel("Cast", "CPU", SrcT="float32", DstT="string")
    # TensorFlow: "OpKernel 'TopK' has constraint on attr 'index_type' not in NodeDef".
    assert kernel("TopK", "CPU", T="float32") is None
    assert kernel("TopKV2", "CPU", T="float32", Tk="int32", index_type="int32")


def test_kernels_that_leave_everything_on_the_host() -> None:
    found = read_release("2.21.0")
    add = found.ops["AddV2"]
    on_host = find_kernel(found, "AddV2", "GPU", {"T": "int32"})
    computing = find_kernel(found, "AddV2", "GPU", {"T": "float32"})
    assert on_host is not None
    assert computing is not None
    assert runs_on_host(on_host, add)
    assert not runs_on_host(computing, add)
    partly = Kernel(device_type="GPU", host_memory=("x",))
    nothing = Kernel(device_type="GPU")
    assert not runs_on_host(partly, add)
    assert not runs_on_host(nothing, OpDefinition())


@pytest.mark.parametrize(
    ("op", "attr"),
    [("MatMul", "T"), ("Cast", "SrcT"), ("GatherNd", "Tparams"), ("NoOp", None), ("All", None)],
)
def test_the_attribute_that_is_an_ops_dtype(op: str, attr: str | None) -> None:
    assert read_release("2.21.0").ops[op].dtype_attr == attr
