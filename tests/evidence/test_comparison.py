from __future__ import annotations

import pytest

from envprobe.evidence.comparison import Comparison, comparison
from envprobe.evidence.matching import matcher
from envprobe.evidence.op_view import Scope
from envprobe.registrations import read_release
from envprobe.registrations.lookup import find_kernel

OLD, NEW = read_release("2.13.1"), read_release("2.21.0")


def compared(pattern: str | None = None, scope: Scope | None = None) -> Comparison:
    return comparison(OLD, NEW, ("2.13.1", "2.21.0"), matcher(pattern), scope)


def test_new_and_gone_ops_are_counted() -> None:
    found = compared()
    assert found.ops_added == len(NEW.ops.keys() - OLD.ops.keys())
    assert found.ops_removed == len(OLD.ops.keys() - NEW.ops.keys())
    assert {op.op for op in found.ops if op.change == "added"} == NEW.ops.keys() - OLD.ops.keys()
    assert found.kernels_added > found.kernels_removed > 0


def test_a_pattern_restricts_the_ops() -> None:
    assert {op.op for op in compared("gatherv2").ops} == {"GatherV2"}
    assert {op.op for op in compared("MatMul").ops} == {"MatMul"}
    assert "attribute grad_a is new (bool)" in compared("MatMul").ops[0].definition


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "int4"])
def test_a_scope_leaves_only_the_kernels_in_it(dtype: str) -> None:
    found = compared(scope=Scope(device_types=("GPU",), dtype=dtype))
    assert found.ops
    for op in found.ops:
        assert op.definition == ()
        for difference in op.kernels:
            assert difference.kernel.device_type in {"GPU", "DEFAULT"}
            assert any(dtype in values for values in difference.kernel.constraints.values())
    gather = next(op for op in found.ops if op.op == "GatherV2") if dtype != "int4" else None
    if gather:
        assert [one.change for one in gather.kernels] == ["added"]
        assert gather.kernels[0].kernel.constraints["Tparams"] == (dtype,)
        attrs = {"Tparams": dtype}
        assert find_kernel(OLD, "GatherV2", "GPU", attrs) is None
        assert find_kernel(NEW, "GatherV2", "GPU", attrs) is not None


def test_a_release_does_not_differ_from_itself() -> None:
    found = comparison(NEW, NEW, ("2.21.0", "2.21.0"), matcher(None))
    assert (found.ops, found.kernels_added, found.kernels_removed) == ((), 0, 0)
