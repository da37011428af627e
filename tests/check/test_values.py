"""Findings of what a batch's values do, for the device that they are held against."""

from __future__ import annotations

import itertools

import pytest

from envprobe.check.target import Target
from envprobe.check.values import certain_failure, findings_of_values
from envprobe.matrix import Device
from envprobe.models.foresight import ValueProblem, ValueProblemKind
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

KINDS: tuple[ValueProblemKind, ...] = (
    "label", "index", "assertion", "non_finite", "argument", "sizes",
)  # fmt: skip
GPU = Target(name="box", device=Device(name="GPU:0", device_type="GPU"))


def problem(kind: ValueProblemKind, *, certain: bool = True, **more: object) -> ValueProblem:
    fields = {
        "op": "GatherV2", "dtype": "float32", "node": "a/GatherV2", "layer": "pick",
        "file": "/home/me/model.py", "line": 7, "seen": "indices 10 to 11, valid are 0 to 9",
    }  # fmt: skip
    return ValueProblem(kind=kind, certain=certain, **{**fields, **more})  # type: ignore[arg-type]


def oplist(*problems: ValueProblem, jit: bool = False) -> OpList:
    return OpList(source="m.py:f", source_kind="python_file", value_problems=problems, jit=jit)


def test_no_problem_no_finding() -> None:
    assert findings_of_values(oplist()) == ()


def test_a_finding_says_what_was_seen_and_where() -> None:
    (found,) = findings_of_values(oplist(problem("index")))
    assert found.code == "CHK302"
    assert found.cause is Cause.INVALID_ARGUMENT_AT_RUNTIME
    assert found.severity is Severity.ERROR
    assert (found.op, found.layer, found.file, found.line) == (
        "GatherV2", "pick", "/home/me/model.py", 7,
    )  # fmt: skip
    assert found.seen == (
        "Indices 10 to 11, valid are 0 to 9: GatherV2 (layer 'pick', model.py:7)."
    )
    assert found.fix is not None


def test_a_table_is_an_embedding() -> None:
    (found,) = findings_of_values(oplist(problem("index", table=True)))
    assert found.cause is Cause.EMBEDDING_INDEX_OUT_OF_RANGE
    assert found.fix is not None
    assert "input_dim" in found.fix


# What certainly ends a step: on a CPU, on a GPU, and where XLA compiles it.
FAILS = {
    "label": (True, True, True, True),
    "index": (True, False, False, False),
    "assertion": (True, True, False, False),
    "non_finite": (True, True, True, True),
    "argument": (True, False, False, False),
    "sizes": (True, True, False, False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_devices_differ(kind: ValueProblemKind) -> None:
    places = ((device, compiled) for compiled in (False, True) for device in ("CPU", "GPU"))
    for (device, compiled), fails in zip(places, FAILS[kind], strict=True):
        assert certain_failure(problem(kind), device, compiled) is fails, (device, compiled)
        assert certain_failure(problem(kind, certain=False), device, compiled) is False


def test_sizes_that_do_not_fit_are_a_mismatch_of_shapes() -> None:
    (found,) = findings_of_values(oplist(problem("sizes", op="MirrorPad")))
    assert (found.code, found.cause) == ("CHK307", Cause.SHAPE_MISMATCH)
    assert found.severity is Severity.ERROR


def test_a_matrix_without_an_inverse_fails_everywhere() -> None:
    one = problem("argument", op="MatrixInverse")
    assert all(
        certain_failure(one, device, jit) for device in ("CPU", "GPU") for jit in (False, True)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("certain", [True, False])
def test_only_what_certainly_fails_is_an_error(kind: ValueProblemKind, certain: bool) -> None:
    for target, jit in itertools.product((None, GPU), (False, True)):
        device = "CPU" if target is None else "GPU"
        one = problem(kind, certain=certain)
        fails = certain_failure(one, device, jit)
        for found in findings_of_values(oplist(one, jit=jit), target):
            assert (found.severity is Severity.ERROR) is fails


def test_a_label_is_an_error_on_a_cpu_and_nan_elsewhere() -> None:
    label = problem("label", op="SparseSoftmaxCrossEntropyWithLogits")
    (cpu,) = findings_of_values(oplist(label))
    (gpu,) = findings_of_values(oplist(label), GPU)
    (compiled,) = findings_of_values(oplist(label, jit=True))
    assert cpu.cause is Cause.INVALID_ARGUMENT_AT_RUNTIME
    assert gpu.cause is compiled.cause is Cause.NAN_INF


def test_what_may_be_nan_is_another_finding_than_what_is() -> None:
    (sure,) = findings_of_values(oplist(problem("non_finite", op="RealDiv")))
    (possible,) = findings_of_values(oplist(problem("non_finite", op="RealDiv", certain=False)))
    assert (sure.code, possible.code) == ("CHK304", "CHK305")
    assert sure.cause is possible.cause is Cause.NAN_INF
    assert sure.seen.endswith("RealDiv in float32 (layer 'pick', model.py:7).")


def test_a_check_that_may_fail_vanishes_when_compiled() -> None:
    one = problem("assertion", certain=False)
    assert len(findings_of_values(oplist(one))) == 1
    assert findings_of_values(oplist(one, jit=True)) == ()
