from __future__ import annotations

import msgspec
import pytest

from envprobe.evidence.dtype_states import DEVICE_TYPES, HAVE_KERNEL, dtype_attr_in, dtype_states
from envprobe.evidence.excerpt import excerpts
from envprobe.evidence.presence import releases_by_dtype
from envprobe.evidence.why_not import Cause, WhyNot, why_not
from envprobe.ops.catalog import load_catalog
from envprobe.registrations import Registrations, read_release

NEW = read_release("2.21.0")


def reasons(
    op: str, registrations: Registrations = NEW, device_types: tuple[str, ...] = DEVICE_TYPES
) -> tuple[WhyNot, ...]:
    row = load_catalog().get(op)
    attr = dtype_attr_in(registrations, op, row)
    states = {place: dtype_states(registrations, op, place, attr) for place in device_types}
    through = releases_by_dtype(op, row, excerpts([op]), device_types)
    return why_not(registrations, op, attr, states, through)


def cause_of(found: tuple[WhyNot, ...], device_type: str, dtype: str) -> Cause:
    [reason] = [
        one
        for one in found
        if device_type in one.device_types and dtype in one.dtypes and one.cause != "combination"
    ]
    return reason.cause


@pytest.mark.parametrize(
    ("op", "device_type", "dtype", "cause"),
    [
        ("MatMul", "GPU", "float8_e4m3fn", "not_allowed"),
        ("MatMul", "GPU", "int32", "other_dtypes"),
        ("Lgamma", "CPU", "bfloat16", "other_dtypes"),
        ("Qr", "XLA_GPU_JIT", "int32", "not_allowed"),
        ("CudnnRNNV3", "CPU", "float16", "no_kernel_at_all"),
        ("CTCLoss", "GPU", "float32", "no_kernel_at_all"),
        ("CTCLoss", "XLA_GPU_JIT", "float32", "no_kernel_at_all"),
        ("_MklNativeConv2D", "CPU", "float32", "label"),
    ],
)
def test_the_cause(op: str, device_type: str, dtype: str, cause: Cause) -> None:
    assert cause_of(reasons(op), device_type, dtype) == cause


def test_another_release_has_it() -> None:
    older = reasons("GatherV2", read_release("2.14.1"))
    assert cause_of(older, "GPU", "float8_e5m2") == "newer_release"
    [reason] = [one for one in older if one.cause == "newer_release" and "GPU" in one.device_types]
    assert reason.releases[0] == "2.15.1"
    assert "since 2.15.1" in reason.reason
    assert cause_of(reasons("Enter"), "GPU", "int4") == "dropped"


def test_soft_placement_is_told_where_only_the_cpu_has_the_op() -> None:
    [reason] = [
        one
        for one in reasons("CTCLoss")
        if one.cause == "no_kernel_at_all" and one.device_types == ("GPU",)
    ]
    assert "soft placement" in reason.reason


def without_gpu_kernels(registrations: Registrations) -> Registrations:
    return msgspec.structs.replace(
        registrations,
        build={"is_cuda_build": False},
        kernels={
            op: tuple(k for k in kernels if "GPU" not in k.device_type)
            for op, kernels in registrations.kernels.items()
        },
    )


def test_a_cpu_build_is_the_reason_where_the_gpu_build_has_the_kernel() -> None:
    found = reasons("Conv3D", without_gpu_kernels(NEW))
    assert cause_of(found, "GPU", "bfloat16") == "other_build"
    assert cause_of(found, "XLA_GPU_JIT", "bfloat16") == "other_build"
    assert cause_of(found, "GPU", "int32") == "not_allowed"
    [reason] = [one for one in found if one.cause == "other_build"]
    assert "CPU build" in reason.reason


def test_a_build_that_leaves_a_kernel_out_is_told_from_its_release() -> None:
    kernels = {op: rows for op, rows in NEW.kernels.items() if op != "Conv3D"}
    vendor = msgspec.structs.replace(NEW, tensorflow="2.21.0+vendor", kernels=kernels)
    assert cause_of(reasons("Conv3D", vendor), "CPU", "bfloat16") == "other_build"


def test_a_nightly_build_and_a_nameless_one_are_judged_too() -> None:
    nightly = msgspec.structs.replace(read_release("2.14.1"), tensorflow="2.15.0-dev20230901")
    assert cause_of(reasons("GatherV2", nightly), "GPU", "float8_e5m2") == "newer_release"
    nameless = msgspec.structs.replace(read_release("2.14.1"), tensorflow="unknown")
    assert cause_of(reasons("GatherV2", nameless), "GPU", "float8_e5m2") == "other_dtypes"


def test_combinations_are_told_beside_the_missing_dtypes() -> None:
    [reason] = [one for one in reasons("RandomUniform") if one.cause == "combination"]
    assert reason.device_types == ("GPU",)
    assert reason.needs == ({"T": ("int32",)},)


@pytest.mark.parametrize("op", ["Conv3D", "Einsum", "MatMul", "GatherV2", "Cast", "Where", "NoOp"])
@pytest.mark.parametrize("release", ["2.13.1", "2.21.0"])
def test_every_missing_dtype_has_exactly_one_reason(op: str, release: str) -> None:
    registrations = read_release(release)
    attr = dtype_attr_in(registrations, op, load_catalog().get(op))
    missing = sorted(
        (place, dtype)
        for place in DEVICE_TYPES
        for dtype, state in dtype_states(registrations, op, place, attr).items()
        if state not in HAVE_KERNEL
    )
    told = sorted(
        (place, dtype)
        for reason in reasons(op, registrations)
        if reason.cause != "combination"
        for place in reason.device_types
        for dtype in reason.dtypes
    )
    assert told == missing
