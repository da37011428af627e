from __future__ import annotations

import pytest

from envprobe.facts.kernel_refusals import kernel_refusals, refusable_traits, refusals_of
from envprobe.registrations import read_release
from envprobe.terms import Status

NEWEST = read_release("2.21.0")


def test_every_op_of_the_table_is_one_of_tensorflow() -> None:
    assert {row.op for row in kernel_refusals()} <= set(NEWEST.ops)


def test_only_ops_with_a_kernel_there_can_refuse() -> None:
    for row in kernel_refusals():
        kernels = NEWEST.kernels_of(row.op)
        assert any(kernel.serves(row.device_type) for kernel in kernels), row


def test_onednn_decides_on_cpus_alone() -> None:
    assert {row.refused_by for row in kernel_refusals() if row.device_type != "CPU"} == {"both"}


def test_only_nodes_that_onednn_runs_are_misled_alone() -> None:
    assert {row.refused_by for row in kernel_refusals() if row.misled_alone} == {"plain"}


def test_a_layout_is_refused_on_the_cpu_and_not_on_the_gpu() -> None:
    (row,) = [row for row in refusals_of("CPU", "Conv3D") if row.trait == "channels-first"]
    assert row.status is Status.UNIMPLEMENTED
    assert row.refused_by == "plain"
    assert "NHWC" in row.message
    assert refusals_of("GPU", "Conv3D") == ()


def test_a_limit_is_the_last_number_that_runs() -> None:
    (row,) = refusals_of("GPU", "StridedSlice")
    assert (row.trait, row.above) == ("rank", 8)


@pytest.mark.parametrize("op", ["MatMul", "Relu", "Identity"])
def test_nothing_is_known_against_most_ops(op: str) -> None:
    assert refusable_traits(op) == ()
