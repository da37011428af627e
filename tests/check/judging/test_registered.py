from __future__ import annotations

from typing import Any

import pytest

from envprobe.check.judging.registered import carries_numbers, judge_registered
from envprobe.check.target import Target
from envprobe.models.oplist import Requirement, Tensor
from envprobe.models.text import parse_text
from envprobe.registrations import Kernel, OpDefinition, Registrations
from envprobe.registrations.definition import Argument, Attribute
from envprobe.terms import Status
from tests.check.asking import CPU, gpu, node

LIST = Attribute(type="list(type)")
MIXED = OpDefinition(
    inputs=(Argument(name="data", type_list_attr="T"),),
    attrs={"T": LIST, "wide": Attribute(type="bool", default=False)},
)


def with_kernel(kernel: Kernel) -> Target:
    registrations = Registrations(
        tensorflow="2.21.0",
        git_version="v",
        build={},
        ops={"Mixed": MIXED},
        kernels={"Mixed": (kernel,)},
        gradients={},
    )
    return CPU._replace(registrations=registrations)


def outcome(kernel: Kernel, **fields: Any) -> str:
    asked = Requirement(op="Mixed", dtypes={"T": ("float32", "int32")}, **fields)
    return judge_registered(asked, with_kernel(kernel)).outcome


def test_each_type_of_a_list_has_to_be_taken() -> None:
    assert outcome(Kernel(device_type="CPU", constraints={"T": ("float32", "int32")})) == "runs"
    assert outcome(Kernel(device_type="CPU", constraints={"T": ("float32",)})) == "fails"


def test_attributes_are_spelt_as_constraints_spell_them() -> None:
    narrow = Kernel(device_type="CPU", constraints={"wide": ("false",)})
    assert outcome(narrow) == "runs"
    assert outcome(narrow, attrs={"wide": True}) == "fails"


def test_a_kernel_for_every_device_serves_no_compiler() -> None:
    everywhere = Kernel(device_type="DEFAULT")
    assert outcome(everywhere) == "runs"
    assert outcome(everywhere, compiled=True) == "fails"


def test_a_list_written_by_hand_means_the_ops_own_dtype() -> None:
    asked = parse_text(
        "AvgPool3D float64\nAvgPool3D float32\nCast float32\n", "by hand"
    ).requirements
    found = [judge_registered(one, CPU).outcome for one in asked]
    assert found == ["fails", "runs", "runs"]


def test_the_reason_names_the_types_and_the_release() -> None:
    found = judge_registered(node("AvgPool3D", dtype="float64"), CPU)
    assert found.status is Status.NO_KERNEL
    assert found.reason == "no kernel for CPU registered in TensorFlow 2.21.0 with T=float64"
    compiled = judge_registered(node("ResizeArea", compiled=True), CPU)
    assert (compiled.reason or "").startswith("XLA has no kernel for XLA_CPU_JIT")


def test_a_dtype_that_the_op_itself_does_not_allow() -> None:
    found = judge_registered(node("LRN", dtype="float64"), CPU)
    assert found.status is Status.INVALID_DTYPE
    assert found.reason == "LRN does not allow T=float64 on any device"


def test_a_device_type_that_the_build_registers_nothing_for_is_unknown() -> None:
    tpu = gpu()
    tpu = tpu._replace(device=type(tpu.device)(name="TPU:0", device_type="TPU"))
    assert judge_registered(node("MatMul"), tpu).outcome == "unknown"


@pytest.mark.parametrize(
    ("dtypes", "numbers"),
    [
        (("string", "int64"), False),
        (("bool",), False),
        (("resource", "bfloat16"), True),
        (("complex64",), True),
    ],
)
def test_what_goes_through_a_node(dtypes: tuple[str, ...], numbers: bool) -> None:
    inputs = tuple(Tensor(name=f"data:{i}", dtype=dtype) for i, dtype in enumerate(dtypes))
    assert carries_numbers(Requirement(op="Mixed", inputs=inputs)) is numbers
    assert carries_numbers(Requirement(op="Mixed", dtypes={"T": dtypes})) is numbers
