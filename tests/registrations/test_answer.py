"""What a worker answers becomes the same registrations, in whatever order it told them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from envprobe.registrations import Argument, Attribute, Gradient, Kernel
from envprobe.registrations.answer import registrations_from_answer

TENSORFLOW = {
    "version": "2.21.0",
    "git_version": "v2.21.0-1",
    "build_info": {"is_cuda_build": True, "cuda_version": "12.5.1"},
    "compiler_version": "clang",
}


def row(device_type: str, values: list[list[list[str]]], **fields: Any) -> dict[str, Any]:
    return {
        "device_type": device_type,
        "label": "",
        "priority": 0,
        "host_memory": [],
        "constraints": ["T"],
        "values": values,
        **fields,
    }


ROWS = [
    row("GPU", [[["float32"]], [["float16"]]]),
    row("CPU", [[["float32"]]], priority=1),
    row("CPU", [[["int32"]]], host_memory=["x", "y"]),
    row("CPU", [[["float64"]]], label="exact"),
    row("CPU", [[["float64"]]]),
    row("DEFAULT", [[]], constraints=[]),
]
ANSWER: dict[str, Any] = {
    "xla": None,
    "ops": {
        "Sub": {"inputs": [], "outputs": [{"name": "z", "dtype": "int32"}], "attrs": {}},
        "Add": {
            "inputs": [{"name": "x", "type_attr": "T"}, {"name": "y", "type_attr": "T"}],
            "outputs": [{"name": "z", "type_attr": "T"}],
            "attrs": {"T": {"type": "type", "allowed": ["float16", "float32"]}},
        },
    },
    "kernels": {"Add": ROWS},
    "gradients": {
        "Add": {"differentiable": True, "uses": [{"dtypes": ["float32"], "nodes": []}]},
    },
}


def test_an_answer_becomes_structs() -> None:
    found = registrations_from_answer(TENSORFLOW, ANSWER)
    assert (found.tensorflow, found.git_version) == ("2.21.0", "v2.21.0-1")
    assert found.build == TENSORFLOW["build_info"]
    assert list(found.ops) == ["Add", "Sub"]
    assert found.ops["Add"].attrs["T"] == Attribute(type="type", allowed=("float16", "float32"))
    assert found.ops["Add"].inputs[1] == Argument(name="y", type_attr="T")
    assert isinstance(found.gradients["Add"], Gradient)


def test_kernels_are_merged_and_ordered() -> None:
    kernels = registrations_from_answer(TENSORFLOW, ANSWER).kernels_of("Add")
    assert kernels == (
        Kernel(device_type="CPU", constraints={"T": ("float32",)}, priority=1),
        Kernel(device_type="CPU", constraints={"T": ("float64",)}),
        Kernel(device_type="CPU", constraints={"T": ("int32",)}, host_memory=("x", "y")),
        Kernel(device_type="CPU", constraints={"T": ("float64",)}, label="exact"),
        Kernel(device_type="DEFAULT"),
        Kernel(device_type="GPU", constraints={"T": ("float16", "float32")}),
    )


def test_the_order_of_the_answer_does_not_matter() -> None:
    backwards = {
        **ANSWER,
        "ops": dict(reversed(list(ANSWER["ops"].items()))),
        "kernels": {"Add": [{**one, "values": one["values"][::-1]} for one in ROWS[::-1]]},
    }
    found = registrations_from_answer(TENSORFLOW, ANSWER)
    assert registrations_from_answer(TENSORFLOW, backwards) == found
    assert registrations_from_answer(TENSORFLOW, backwards).digest == found.digest


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**ANSWER, "kernels": None},
        {**ANSWER, "ops": {"Add": {"inputs": "x"}}},
        {**ANSWER, "gradients": {"Add": {}}},
        {**ANSWER, "kernels": {"Add": [{"device_type": "CPU"}]}},
    ],
)
def test_another_answer_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        registrations_from_answer(TENSORFLOW, broken)
