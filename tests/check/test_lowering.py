"""What a refusal of XLA becomes: its cause, its culprit, and the change that helps."""

from __future__ import annotations

from typing import Any

import pytest

from envprobe.check.changes.compiles_instead import compiles_instead
from envprobe.check.lowering import findings_of_lowering
from envprobe.check.target import Target
from envprobe.matrix.matrix import Device
from envprobe.models.foresight import Lowering
from envprobe.models.oplist import OpList
from envprobe.registrations import read_release
from envprobe.terms import Cause, Severity

REGISTRY = read_release("2.21.0")
BICUBIC = Lowering(
    error_type="InvalidArgumentError",
    message="Detected unsupported operations on XLA_CPU_JIT: ResizeBicubic (No registered "
    "'ResizeBicubic' OpKernel for XLA_CPU_JIT devices)",
    op="ResizeBicubic",
    node="model/up/resize/ResizeBicubic",
    layer="up",
    file="/home/a/net.py",
    line=8,
)
SIZE = Lowering(
    message="Reading input as constant from a dynamic tensor is not yet supported. "
    "Xla shape: s32[<=8]",
    op="DynamicStitch",
    layer="moe",
)
LOOP = Lowering(
    message="XLA compilation requires a fixed tensor list size. Set the max number of elements.",
    op="EmptyTensorList",
    layer="rounds",
)


def oplist(lowering: Lowering | None, **changes: Any) -> OpList:
    fields: dict[str, Any] = {
        "model_class": "Functional",
        "jit": True,
        "tensorflow": "2.21.0",
    } | changes
    return OpList(source="net.py:build", source_kind="python_file", lowering=lowering, **fields)


def on(device_type: str, tensorflow: str = "2.21.0") -> Target:
    device = Device(name=f"{device_type}:0", device_type=device_type)
    return Target("there", device, tensorflow=tensorflow, registrations=read_release(tensorflow))


def test_an_op_without_a_kernel_is_named_with_its_layer_and_line() -> None:
    (found,) = findings_of_lowering(oplist(BICUBIC))
    assert (found.code, found.cause) == ("CHK401", Cause.XLA_UNSUPPORTED_OP)
    assert found.severity is Severity.ERROR
    assert (found.op, found.layer, found.line) == ("ResizeBicubic", "up", 8)
    assert "ResizeBicubic, layer 'up' (net.py:8)" in found.seen
    assert found.fix is not None
    assert "jit_compile=False" in found.fix
    assert "bilinear" in found.fix


def test_a_function_of_the_users_own_is_told_to_lose_its_decorator() -> None:
    (found,) = findings_of_lowering(oplist(BICUBIC, model_class=None))
    assert found.fix is not None
    assert found.fix.startswith("Take jit_compile=True off the tf.function")
    (inside,) = findings_of_lowering(oplist(BICUBIC, jit=False))
    assert inside.fix == found.fix


@pytest.mark.parametrize(
    ("lowering", "words"), [(SIZE, "pad to a fixed size"), (LOOP, "maximum_iterations")]
)
def test_other_refusals_say_what_xla_misses(lowering: Lowering, words: str) -> None:
    (found,) = findings_of_lowering(oplist(lowering))
    assert (found.code, found.cause) == ("CHK402", Cause.XLA_UNSUPPORTED_OP)
    assert found.op == lowering.op
    assert found.fix is not None
    assert words in found.fix


def test_a_reason_that_nobody_foresaw_is_quoted() -> None:
    told = Lowering(message="Pivoting is not yet supported. More words.", op="TridiagonalSolve")
    (found,) = findings_of_lowering(oplist(told))
    assert "Pivoting is not yet supported." in found.seen
    assert "More words" not in found.seen


def test_what_compiles_and_what_nobody_asked_is_no_finding() -> None:
    assert findings_of_lowering(oplist(Lowering())) == ()
    assert findings_of_lowering(oplist(None)) == ()


def test_what_could_not_be_asked_is_no_error() -> None:
    (found,) = findings_of_lowering(oplist(Lowering(unknown="a shape depends on the batch")))
    assert (found.code, found.severity) == ("CHK403", Severity.INFO)
    assert "a shape depends on the batch" in found.seen


def test_a_gpus_own_xla_decides_of_its_kernels() -> None:
    known = Lowering(message=BICUBIC.message, op="MatMul")
    assert findings_of_lowering(oplist(known), on("GPU")) == ()
    assert findings_of_lowering(oplist(known), on("CPU")) != ()
    assert findings_of_lowering(oplist(BICUBIC), on("GPU")) != ()


def test_another_tensorflow_may_compile_what_this_one_refused() -> None:
    (found,) = findings_of_lowering(oplist(SIZE), on("CPU", "2.16.2"))
    assert found.severity is Severity.WARNING
    (same,) = findings_of_lowering(oplist(SIZE), on("GPU"))
    assert same.severity is Severity.ERROR
    known = Lowering(message=BICUBIC.message, op="MatMul")
    assert findings_of_lowering(oplist(known), on("CPU", "2.16.2")) == ()


@pytest.mark.parametrize(
    "op",
    ["ResizeBicubicGrad", "EagerPyFunc", "SegmentSum", "LookupTableFindV2", "StringFormat",
     "DynamicStitch", "SparseTensorDenseMatMul", "AsString", "LogMatrixDeterminant"],
)  # fmt: skip
def test_there_is_something_to_do_instead_of_common_ops(op: str) -> None:
    assert compiles_instead(op)
    assert op in REGISTRY.ops


@pytest.mark.parametrize("op", ["ResizeBilinear", "MatMul", "UnsortedSegmentSum", "StridedSlice"])
def test_nothing_is_replaced_that_xla_compiles(op: str) -> None:
    assert compiles_instead(op) is None
