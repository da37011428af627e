"""At which precision the nodes of a cluster train a model whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from envprobe.check.nodes.precisions import precisions
from envprobe.check.on_target import result_on
from envprobe.check.target import Target
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Status
from tests.check.asking import CPU, cell, gpu, node

COUNTER = node("AddV2", ("x", ()), ("y", ()), dtype="int64")
POOL3D = ("AvgPool3D", ("input", (2, 6, 6, 6, 2)))


def dense(dtype: str) -> Requirement:
    return node("MatMul", ("a", (2, 6)), ("b", (6, 3)), dtype=dtype)


def model(policy: str | None, *requirements: Requirement) -> OpList:
    return OpList(
        source="net.py:build",
        source_kind="python_file",
        mode="train",
        tensorflow="2.21.0",
        policies=(policy,) if policy else (),
        requirements=requirements,
    )


def on(target: Target, *nodes: str) -> Target:
    return target._replace(name=nodes[0], nodes=nodes)


def answers(oplist: OpList, targets: Sequence[Target]) -> dict[str, tuple[str, ...]]:
    results = [result_on(oplist, target) for target in targets]
    return {one.precision: one.nodes for one in precisions(oplist, targets, results)}


def test_a_model_of_no_policy_has_no_precision() -> None:
    assert answers(model(None, dense("float32")), [on(CPU, "n1")]) == {}


def test_float32_is_turned_into_nothing() -> None:
    assert answers(model("float32", dense("float32")), [on(CPU, "n1")]) == {"float32": ("n1",)}


def test_the_own_precision_comes_first_and_nodes_count_as_people_do() -> None:
    oplist = model("mixed_float16", dense("float16"), COUNTER)
    found = precisions(
        oplist,
        [on(CPU, "n10", "n9"), on(CPU, "n1")],
        [result_on(oplist, on(CPU, "n10", "n9")), result_on(oplist, on(CPU, "n1"))],
    )
    assert [one.precision for one in found] == ["mixed_float16", "mixed_bfloat16", "float32"]
    assert found[0].nodes == ("n1", "n9", "n10")
    assert found[0].nodelist == "n[1,9-10]"


def test_a_node_without_the_kernel_is_named_at_the_precision_that_it_has() -> None:
    """TensorFlow registers no AvgPool3D in float16 for CPUs, and one in float32."""
    oplist = model("mixed_float16", node(*POOL3D, dtype="float16"), COUNTER)
    found = answers(oplist, [on(CPU, "n1")])
    assert found["mixed_float16"] == ()
    assert found["float32"] == ("n1",)


def test_what_fails_at_every_precision_runs_nowhere() -> None:
    refused = [
        cell("MatMul", "default", Status.WRONG_RESULT, dtype=dtype)
        for dtype in ("float16", "bfloat16", "float32")
    ]
    oplist = model("mixed_float16", dense("float16"), COUNTER)
    found = answers(oplist, [on(CPU._replace(cells=tuple(refused)), "n1"), on(CPU, "n2")])
    assert set(found.values()) == {("n2",)}


def test_the_rest_of_the_model_has_to_run_too() -> None:
    """What the change does not touch fails as before."""
    unknown = node("NobodysOp", ("x", (2, 2)), dtype="int64")
    oplist = model("mixed_float16", dense("float16"), unknown)
    assert set(answers(oplist, [on(CPU, "n1")]).values()) == {()}


@pytest.mark.parametrize(
    ("policy", "dtype"), [("float16", "float16"), ("bfloat16", "bfloat16"), ("float64", "float64")]
)
def test_a_model_all_in_one_precision_can_be_turned(policy: str, dtype: str) -> None:
    """No node is left over that the change does not touch."""
    found = answers(model(policy, dense(dtype)), [on(CPU, "n1")])
    assert found["float32"] == ("n1",)


def test_a_device_that_does_not_train_has_no_say() -> None:
    """The GPU of this node computes wrong; that its CPU is right helps no training."""
    wrong = [
        cell("MatMul", "default", Status.WRONG_RESULT, device="GPU:0", dtype=dtype)
        for dtype in ("float16", "bfloat16", "float32")
    ]
    targets = [
        on(gpu(cells=tuple(wrong)), "n1"),
        on(CPU._replace(trains_here=False), "n1"),
    ]
    oplist = model("mixed_float16", dense("float16"), COUNTER)
    assert set(answers(oplist, targets).values()) == {()}
