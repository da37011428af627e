"""What two builds register differently is told exactly."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from envprobe.registrations import (
    Attribute,
    Gradient,
    Kernel,
    OpDefinition,
    Registrations,
    known_releases,
    read_release,
)
from envprobe.registrations.combinations import combinations
from envprobe.registrations.differences import KernelChange, differences, kernel_changes

PAIRS = [*itertools.pairwise(known_releases()), ("2.21.0", "2.13.1")]


def registry(op: str, definition: OpDefinition | None, *kernels: Kernel) -> Registrations:
    return Registrations(
        tensorflow="2.21.0",
        git_version="v2.21.0",
        build={},
        ops={op: definition} if definition else {},
        kernels={op: kernels} if kernels else {},
        gradients={},
    )


def single(release: Registrations, op: str) -> set[tuple[object, ...]]:
    """Every single combination that the op has a kernel for."""
    return {
        (kernel.device_type, kernel.label, kernel.priority, kernel.host_memory, *pairs)
        for kernel in release.kernels_of(op)
        for pairs in (
            tuple(zip(kernel.constraints, values, strict=True))
            for values in combinations([tuple(kernel.constraints.values())])
        )
    }


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_the_changes_of_two_releases_are_all_and_no_others(old: str, new: str) -> None:
    before, after = read_release(old), read_release(new)
    told = {difference.op: difference for difference in differences(before, after)}
    for op in before.ops.keys() | after.ops.keys():
        left, right = single(before, op), single(after, op)
        changes = told[op].kernels if op in told else ()
        for change, expected in (("added", right - left), ("removed", left - right)):
            kernels = tuple(one.kernel for one in changes if one.change == change)
            said = msgspec.structs.replace(before, kernels={op: kernels})
            assert single(said, op) == expected, (op, change)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_ops_that_came_and_went(old: str, new: str) -> None:
    before, after = read_release(old), read_release(new)
    told = differences(before, after)
    assert [one.op for one in told] == sorted(one.op for one in told)
    assert {one.op for one in told if one.change == "added"} == after.ops.keys() - before.ops.keys()
    gone = before.ops.keys() - after.ops.keys()
    assert {one.op for one in told if one.change == "removed"} == gone
    unchanged = (before.ops.keys() & after.ops.keys()) - {one.op for one in told}
    assert all(before.ops[op] == after.ops[op] for op in unchanged)


@pytest.mark.parametrize("release", known_releases())
def test_nothing_differs_from_itself(release: str) -> None:
    assert differences(read_release(release), read_release(release)) == ()


def test_more_dtypes_of_one_kernel_are_one_line() -> None:
    old = [Kernel(device_type="CPU", constraints={"T": ("float32",)})]
    new = [Kernel(device_type="CPU", constraints={"T": ("bfloat16", "float16", "float32")})]
    more = Kernel(device_type="CPU", constraints={"T": ("bfloat16", "float16")})
    assert kernel_changes(old, new) == (KernelChange(change="added", kernel=more),)
    assert kernel_changes(new, old) == (KernelChange(change="removed", kernel=more),)


def test_another_host_memory_is_another_kernel() -> None:
    old = Kernel(device_type="GPU", constraints={"T": ("int32",)})
    new = msgspec.structs.replace(old, host_memory=("x",))
    changes = {one.change: one.kernel for one in kernel_changes([old], [new])}
    assert changes == {"added": new, "removed": old}


T = Attribute(type="type", allowed=("float16", "float32"))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({"T": T}, {"T": T, "k": Attribute(type="int")}, ("attribute k is new (int)",)),
        ({"T": T, "k": Attribute(type="int")}, {"T": T}, ("attribute k is gone",)),
        (
            {"T": T},
            {"T": Attribute(type="type", allowed=("bfloat16", "float32"))},
            ("T now allows bfloat16", "T no longer allows float16"),
        ),
        ({"T": T}, {"T": Attribute(type="type")}, ("T now allows anything",)),
        ({"T": Attribute(type="type")}, {"T": T}, ("T now allows float16, float32",)),
        (
            {"k": Attribute(type="int", default=1)},
            {"k": Attribute(type="int", default=2, minimum=1)},
            ("k: int = 1 became int = 2, at least 1",),
        ),
    ],
)
def test_changes_of_attributes(
    old: dict[str, Attribute], new: dict[str, Attribute], lines: tuple[str, ...]
) -> None:
    (told,) = differences(
        registry("Add", OpDefinition(attrs=old)), registry("Add", OpDefinition(attrs=new))
    )
    assert (told.op, told.change, told.kernels, told.definition) == ("Add", "changed", (), lines)


def test_a_gradient_that_came() -> None:
    old = registry("Add", OpDefinition())
    new = msgspec.structs.replace(old, gradients={"Add": Gradient(differentiable=True)})
    declared = msgspec.structs.replace(old, gradients={"Add": Gradient(differentiable=False)})
    assert differences(old, new)[0].definition == ("has a gradient now",)
    assert differences(new, old)[0].definition == ("its gradient is gone",)
    assert differences(old, declared) == ()


def test_a_new_op_brings_its_kernels() -> None:
    kernel = Kernel(device_type="CPU")
    old, new = registry("Add", None), registry("Add", OpDefinition(), kernel)
    (came,) = differences(old, new)
    assert (came.change, came.kernels) == ("added", (KernelChange(change="added", kernel=kernel),))
    (went,) = differences(new, old)
    assert went.change == "removed"
    assert went.kernels == (KernelChange(change="removed", kernel=kernel),)
