from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from envprobe.check.changes.alternatives import Alternative, alternatives, in_words
from envprobe.check.changes.what_if import WhatIf
from envprobe.check.judgement import Judgement, Outcome
from envprobe.check.kernels.fault import EMULATED, FALLS_BACK, NO_KERNEL, XLA_REFUSES, Fault
from envprobe.check.kernels.fault_groups import Group
from envprobe.check.target import Target
from envprobe.matrix.matrix import Device
from envprobe.models.oplist import OpList, Place, Requirement, Tensor
from envprobe.terms import Evidence

CPU = Target("this machine", Device(name="CPU:0", device_type="CPU"))
Rule = Callable[[Requirement], Outcome]


def node(op: str, dtype: str, layer: str | None = None, **fields: Any) -> Requirement:
    tensor = Tensor(name="x", dtype=dtype, shape=(2, 8))
    places = (Place(layer=layer),) if layer else ()
    return Requirement(
        op=op, dtypes={"T": dtype}, inputs=(tensor,), outputs=(tensor,), places=places, **fields
    )


def offered(
    failing: Requirement,
    rule: Rule,
    *others: Requirement,
    fault: Fault = NO_KERNEL,
    evidence: Evidence = Evidence.MEASURED,
    **oplist: Any,
) -> tuple[Alternative, ...]:
    def judge(changed: OpList, _: Target) -> list[Judgement]:
        return [Judgement(one, rule(one), evidence) for one in changed.requirements]

    model = OpList(source="m", source_kind="python_file", requirements=(failing, *others), **oplist)
    group = Group(fault, (Judgement(failing, "fails", Evidence.REGISTERED),))
    return alternatives(group, WhatIf(model, CPU, judge))


def only(*dtypes: str) -> Rule:
    return lambda one: "runs" if one.dtypes["T"] in dtypes else "fails"


def test_the_smallest_change_comes_first() -> None:
    found = offered(
        node("AvgPool3D", "float16", "pool"),
        only("float32", "bfloat16"),
        node("MatMul", "float16"),
        precision="mixed_float16",
    )
    assert [one.text for one in found] == [
        "Build layer 'pool' with dtype='float32'",
        "Use the policy 'mixed_bfloat16' (`--precision mixed_bfloat16` checks it)",
    ]


def test_a_policy_under_which_another_node_fails_is_not_offered() -> None:
    def rule(one: Requirement) -> Outcome:
        fails = one.dtypes["T"] == "bfloat16" and one.op == "Other"
        return "fails" if fails else "runs"

    found = offered(
        node("AvgPool3D", "float16"), rule, node("Other", "float16"), precision="mixed_float16"
    )
    assert [one.text for one in found] == [
        "Cast the inputs of AvgPool3D to float32",
        "Use the policy 'float32' (`--precision float32` checks it)",
    ]


@pytest.mark.parametrize("outcome", ["fails", "unknown"])
def test_what_is_not_known_to_run_is_not_offered(outcome: Outcome) -> None:
    assert offered(node("AvgPool3D", "float16"), lambda _: outcome) == ()


def test_what_stands_on_nothing_is_not_offered() -> None:
    failing = node("AvgPool3D", "float16")
    assert offered(failing, only("float32"), evidence=Evidence.NONE) == ()


def test_float32_has_no_other_dtype() -> None:
    assert offered(node("AvgPool3D", "float32"), only("float32")) == ()


def test_a_cast_that_the_change_makes_needless_is_not_judged() -> None:
    cast = Requirement(op="Cast", dtypes={"SrcT": "float64", "DstT": "float32"})

    def rule(one: Requirement) -> Outcome:
        assert one.op != "Cast"
        return "runs"

    found = offered(node("LRN", "float64", "a"), rule, cast, precision="float64")
    assert len(found) == 2


def test_the_policy_of_the_layers_counts_where_none_was_asked_for() -> None:
    found = offered(
        node("LRN", "bfloat16", "a"), only("float16", "float32"), policies=("mixed_bfloat16",)
    )
    assert "mixed_float16" in found[1].text


def test_the_optimizer_has_no_layer_to_build_otherwise() -> None:
    failing = node("ResourceApplyAdam", "float16", direction="optimizer")
    [found] = offered(failing, only("float32"), precision="float16")
    assert "policy 'float32'" in found.text


def test_xla_is_switched_off_where_the_rest_runs_without_it() -> None:
    failing = node("ResizeBicubic", "float32", compiled=True)

    def rule(one: Requirement) -> Outcome:
        return "fails" if one.compiled else "runs"

    [found] = offered(failing, rule, fault=XLA_REFUSES, jit=True)
    assert "jit_compile=False" in found.text


def test_xla_stays_where_only_it_can_run_a_node() -> None:
    failing = node("ResizeBicubic", "float32", compiled=True)
    rescued = node("Conv2D", "float64", compiled=True)

    def rule(one: Requirement) -> Outcome:
        return "fails" if one.op == "Conv2D" and not one.compiled else "runs"

    assert offered(failing, rule, rescued, fault=XLA_REFUSES, jit=True) == ()


def test_a_convolution_that_keras_compiles_itself_is_not_the_users() -> None:
    def rule(one: Requirement) -> Outcome:
        return "fails" if one.compiled else "runs"

    for op, count in (("Conv2D", 0), ("Roll", 1)):
        failing = node(op, "int32", compiled=True)
        assert len(offered(failing, rule, fault=XLA_REFUSES)) == count


def test_a_loss_is_told() -> None:
    [found] = offered(
        node("ResizeBicubic", "float32", compiled=True),
        lambda one: "fails" if one.compiled else "falls_back",
        fault=XLA_REFUSES,
        jit=True,
    )
    assert found.lossy
    text = in_words((found,), "GPU")
    assert text is not None
    assert "on the CPU" in text


@pytest.mark.parametrize("fault", [FALLS_BACK, EMULATED])
def test_a_change_that_keeps_the_loss_is_no_help(fault: Fault) -> None:
    failing = node("LRN", "float16", "norm")
    assert offered(failing, lambda _: "falls_back", fault=fault, precision="float16") == ()


def test_what_it_rests_on_is_said() -> None:
    assert in_words((), "CPU") is None
    one = in_words((Alternative("Do this", Evidence.REGISTERED),), "CPU")
    assert one == "Do this (registered for CPU, not measured)."
    mixed = in_words((Alternative("Do this", Evidence.MEASURED, Evidence.REGISTERED),), "CPU")
    assert mixed == "Do this (that runs: measured on CPU; some other nodes only registered)."
    both = in_words((Alternative("A", Evidence.MEASURED), Alternative("B", Evidence.MEASURED)), "X")
    assert both == "A (that runs: measured on X). Or: B (that runs: measured on X)."
