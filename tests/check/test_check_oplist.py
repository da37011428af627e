"""An op list against all its targets, on what was really measured."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from envprobe.check.check_oplist import check_oplist, each_once
from envprobe.check.proof import Proof
from envprobe.check.result import CheckFinding, CheckResult
from envprobe.check.surroundings import Surroundings, surroundings_of
from envprobe.matrix import Cell, read_matrix
from envprobe.models.foresight import ValueProblem
from envprobe.models.oplist import OpList, Requirement
from envprobe.terms import Cause, Severity, Status, Verdict
from tests.check.asking import CPU, conv, conv_nchw, gpu, node

RECORDED = min((Path(str(resources.files("kernels_matrix"))) / "recorded").glob("*.json"))
POOL3D = node("AvgPool3D", ("input", (2, 6, 6, 6, 2)), dtype="float64")
DENSE = node("MatMul", ("a", (2, 6)), ("b", (6, 3)))
LABELS = ValueProblem(
    kind="label",
    certain=True,
    op="SparseSoftmaxCrossEntropyWithLogits",
    node="loss/Sparse",
    seen="labels 0 to 9, classes 0 to 4",
)


def model(*requirements: Requirement, **fields: object) -> OpList:
    known: dict[str, object] = {"source": "net.py:build", "source_kind": "python_file"}
    known |= {"tensorflow": "2.21.0", "mode": "train", "batch": 2}
    return msgspec.convert({**known, "requirements": requirements, **fields}, OpList)


def checked(oplist: OpList, *paths: Path) -> CheckResult:
    return check_oplist(oplist, surroundings_of(paths, oplist.tensorflow, ops=oplist.ops))


def finding(severity: Severity, seen: str = "seen") -> CheckFinding:
    return CheckFinding(
        code="CHK201", cause=Cause.BENIGN, severity=severity, seen=seen, why="because"
    )


def test_what_is_measured_is_the_evidence() -> None:
    result = checked(model(DENSE, conv()), RECORDED)
    assert (result.verdict, result.requirements) == (Verdict.SUPPORTED, 2)
    assert (result.evidence.measured, result.evidence.registered) == (2, 0)
    assert [target.name for target in result.targets] == ["recorded"]
    assert (result.findings, result.cluster) == ((), None)


def test_one_requirement_that_fails_decides() -> None:
    result = checked(model(DENSE, POOL3D), RECORDED)
    assert result.verdict is Verdict.UNSUPPORTED
    (error,) = (one for one in result.findings if one.severity is Severity.ERROR)
    assert (error.op, error.dtype) == ("AvgPool3D", "float64")
    assert error.cause is Cause.NO_KERNEL_FOR_DEVICE_DTYPE


def test_the_values_of_the_batch_decide_too() -> None:
    result = checked(model(DENSE, value_problems=(LABELS,)), RECORDED)
    assert result.verdict is Verdict.UNSUPPORTED
    assert "Labels 0 to 9" in result.findings[0].seen
    assert checked(model(DENSE), RECORDED).verdict is Verdict.SUPPORTED


def test_a_model_without_nodes_is_not_called_good() -> None:
    assert checked(model(), RECORDED).verdict is Verdict.UNKNOWN


def test_what_the_model_was_traced_with_is_kept() -> None:
    oplist = model(
        DENSE, policies=("mixed_bfloat16",), loss="mse", optimizer="Adam", notes=("assumed",)
    )
    result = checked(oplist, RECORDED)
    assert (result.source, result.mode, result.batch) == ("net.py:build", "train", 2)
    assert (result.precision, result.loss, result.optimizer) == ("mixed_bfloat16", "mse", "Adam")
    assert "assumed" in result.notes


def test_every_node_of_a_cluster_has_its_target(
    write_scan: Callable[..., Path], make_cell: Callable[..., Cell]
) -> None:
    write_scan("n1", make_cell("Relu"))
    folder = write_scan("n2", make_cell("Relu", status=Status.WRONG_RESULT)).parent
    write_scan("n3", make_cell("Relu"))
    result = checked(model(node("Relu", ("features", (2, 2)))), folder)
    assert result.verdict is Verdict.PARTIAL
    assert result.cluster is not None
    assert (result.cluster.can, result.cluster.cannot) == (("n1", "n3"), ("n2",))
    assert [one.precision for one in result.cluster.precisions] in ([], ["float32"])


def test_a_proof_speaks_of_the_device_that_trains() -> None:
    """A step that ran on the GPU says nothing of the CPU beside it."""
    here = Surroundings(targets=(gpu(), CPU._replace(trains_here=False)))
    proof = Proof(Verdict.SUPPORTED, notes=("a step was run",))
    plain, proved = (check_oplist(model(POOL3D), here, one) for one in (None, proof))
    assert plain.targets[1] == proved.targets[1]
    assert proved.targets[0].reason == "one real step ran here, and its numbers are finite"
    assert "a step was run" in proved.notes


def test_what_a_run_found_makes_the_verdict() -> None:
    here = Surroundings(targets=(CPU,))
    proof = Proof(Verdict.UNSUPPORTED, (finding(Severity.ERROR, "the loss is not finite"),))
    assert check_oplist(model(DENSE), here).verdict is Verdict.SUPPORTED
    result = check_oplist(model(DENSE), here, proof)
    assert result.verdict is Verdict.UNSUPPORTED
    assert result.findings[0].seen == "the loss is not finite"


def test_what_was_foreseen_and_met_is_told_once() -> None:
    here = Surroundings(targets=(CPU,))
    foreseen = check_oplist(model(DENSE, value_problems=(LABELS,)), here).findings[0]
    met = msgspec.structs.replace(foreseen, code="CHK501", seen="a label of 9 was refused")
    proof = Proof(Verdict.UNSUPPORTED, (met,))
    result = check_oplist(model(DENSE, value_problems=(LABELS,)), here, proof)
    assert [one.code for one in result.findings] == ["CHK501"]
    elsewhere = Proof(Verdict.UNSUPPORTED, (msgspec.structs.replace(met, layer="other"),))
    both = check_oplist(model(DENSE, value_problems=(LABELS,)), here, elsewhere)
    assert len(both.findings) == 2


@pytest.mark.parametrize(
    ("kind", "told"), [("python_file", True), ("oplist_text", False), ("saved_model", False)]
)
def test_a_dry_run_is_proposed_where_there_is_a_step(kind: str, told: bool) -> None:
    result = check_oplist(model(DENSE, source_kind=kind), Surroundings(targets=(CPU,)))
    (hint,) = (note for note in result.notes if "nothing of it is measured" in note)
    assert ("--dry-run" in hint) is told


@pytest.mark.parametrize("turned", [False, True])
def test_findings_are_told_once_and_the_gravest_first(turned: bool) -> None:
    info, error = finding(Severity.INFO), finding(Severity.ERROR)
    results = [
        msgspec.structs.replace(
            checked(model(DENSE), RECORDED).targets[0],
            findings=(info, error)[:: -1 if turned else 1],
        )
        for _ in range(2)
    ]
    warning = finding(Severity.WARNING)
    assert each_once(results, [warning, error]) == (error, warning, info)


def test_channels_first_and_last_are_told_apart() -> None:
    """In float16 the recorded CPU convolves only what has its channels last."""
    assert checked(model(conv(dtype="float16")), RECORDED).verdict is Verdict.SUPPORTED
    refused = checked(model(conv_nchw(dtype="float16")), RECORDED)
    assert refused.verdict is Verdict.UNSUPPORTED
    assert refused.findings[0].cause is Cause.UNIMPLEMENTED_CPU_FORMAT
    assert read_matrix(RECORDED).environment.machine == "x86_64"
