"""Nodes, cells and targets that the tests of judging are made of."""

from __future__ import annotations

from typing import Any

from envprobe.check.judgement import Judgement
from envprobe.check.judging.judge import judge
from envprobe.check.target import Target
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device, Environment
from envprobe.models.oplist import OpList, Requirement, Tensor
from envprobe.registrations import read_release
from envprobe.terms import Status

NEWEST = read_release("2.21.0")
CPU = Target(
    "this machine",
    Device(name="CPU:0", device_type="CPU"),
    tensorflow="2.21.0",
    registrations=NEWEST,
)


def gpu(capability: str | None = "9.0", **fields: Any) -> Target:
    device = Device(name="GPU:0", device_type="GPU", compute_capability=capability)
    return CPU._replace(device=device, cpu=CPU, **fields)


def with_onednn(on: bool | None, *isa: str, machine: str = "x86_64") -> Target:
    environment = Environment(
        devices=("CPU:0 CPU",),
        machine=machine,
        cpu_isa=("avx", *isa),
        onednn=on,
        python="3.11",
        tensorflow="2.21.0",
        tensorflow_build={},
        driver=None,
        cuda=None,
        cudnn=None,
        packages={},
        variables={},
    )
    return CPU._replace(environment=environment)


def node(op: str, *inputs: tuple[str, Any], **fields: Any) -> Requirement:
    """A node with one type, `T`; an input is its name and its shape."""
    dtype = fields.pop("dtype", "float32")
    tensors = tuple(Tensor(name=name, dtype=dtype, shape=shape) for name, shape in inputs)
    fields = {"dtypes": {"T": dtype}, "inputs": tensors, "flops": 10.0, **fields}
    return Requirement(op=op, **fields)


def conv(
    image: tuple[int, ...] = (2, 8, 8, 4), kernel: tuple[int, ...] = (3, 3, 4, 8), **fields: Any
) -> Requirement:
    attrs = {
        "strides": [1, 1, 1, 1],
        "padding": "SAME",
        "explicit_paddings": [],
        "data_format": "NHWC",
        "dilations": [1, 1, 1, 1],
        "use_cudnn_on_gpu": True,
    }
    attrs |= fields.pop("attrs", {})
    return node("Conv2D", ("input", image), ("filter", kernel), attrs=attrs, **fields)


def conv_nchw(**fields: Any) -> Requirement:
    return conv((2, 4, 8, 8), attrs={"data_format": "NCHW"}, **fields)


def pool_gradient(dtype: str = "float32") -> Requirement:
    shapes = (("orig_input", (2, 4, 8, 8)), ("orig_output", (2, 4, 4, 4)), ("grad", (2, 4, 4, 4)))
    attrs = {
        "ksize": [1, 1, 2, 2],
        "strides": [1, 1, 2, 2],
        "padding": "VALID",
        "data_format": "NCHW",
    }
    return node("MaxPoolGrad", *shapes, dtype=dtype, attrs=attrs, direction="gradient")


def cell(op: str, variant: str, status: Status = Status.SUPPORTED, **fields: Any) -> Cell:
    known = {"dtype": "float32", "device": "CPU:0", "direction": "forward", "mode": "graph"}
    reason = None if status is Status.SUPPORTED else "it said so"
    return Cell(op=op, variant=variant, status=status, **{"reason": reason, **known, **fields})


def judged(requirement: Requirement, target: Target, *others: Requirement) -> Judgement:
    """What becomes of one node of a model that has these others, too."""
    oplist = OpList(
        source="net.py:build",
        source_kind="python",
        tensorflow="2.21.0",
        requirements=(requirement, *others),
    )
    return judge(oplist, target)[0]
