"""The result where there is no op list: a file that is not read, a step that is not traced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.check.no_oplist import result_of_failure, result_of_unreadable
from envprobe.check.proof import Proof
from envprobe.check.result import CheckFinding
from envprobe.check.surroundings import Surroundings, surroundings_of
from envprobe.errors import FileFormatError
from envprobe.matrix import Cell
from envprobe.models.failure import TraceFailure
from envprobe.models.request import TraceRequest
from envprobe.models.target import Target
from envprobe.models.unsafe import UnsafeModelError
from envprobe.terms import Cause, Severity, Verdict
from tests.check.asking import CPU, gpu

REQUEST = TraceRequest(
    source="net.py:build",
    target=Target(kind="python_file", path="net.py", function="build"),
    batch=4,
    precision="mixed_float16",
)
FAILURE = TraceFailure(
    stage="trace",
    error_type="ValueError",
    message="shapes differ",
    tensorflow="2.21.0",
    notes=("a note",),
    warnings=("a warning",),
)
SHAPES = CheckFinding(
    code="CHK101", cause=Cause.SHAPE_MISMATCH, severity=Severity.ERROR, seen="shapes", why="differ"
)
HERE = Surroundings(targets=(gpu(), CPU), notes=("nothing is measured",))


@pytest.mark.parametrize(
    ("error", "cause", "code"),
    [
        (FileFormatError("m.keras is cut"), Cause.UNREADABLE_MODEL, "CHK692"),
        (UnsafeModelError("m.keras runs code"), Cause.UNSAFE_MODEL_FILE, "CHK691"),
    ],
)
def test_a_file_that_was_not_loaded_says_nothing_of_any_machine(
    error: FileFormatError, cause: Cause, code: str
) -> None:
    result = result_of_unreadable("m.keras", error)
    assert (result.verdict, result.targets, result.unreadable) == (Verdict.UNKNOWN, (), True)
    (finding,) = result.findings
    assert (finding.cause, finding.code, finding.seen) == (cause, code, str(error))
    assert (finding.fix is None) is (cause is Cause.UNREADABLE_MODEL)


def test_a_step_that_cannot_be_traced_fails_on_every_device() -> None:
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNSUPPORTED, SHAPES, HERE)
    assert result.verdict is Verdict.UNSUPPORTED
    assert [one.device for one in result.targets] == ["GPU:0", "CPU:0"]
    assert {one.verdict for one in result.targets} == {Verdict.UNSUPPORTED}
    assert result.findings == (SHAPES,)
    assert (result.precision, result.batch, result.tensorflow) == ("mixed_float16", 4, "2.21.0")
    assert result.notes == ("a note", "a warning", "nothing is measured")
    assert not result.unreadable


def test_a_step_that_nobody_could_trace_is_unknown() -> None:
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNKNOWN, SHAPES, HERE)
    assert result.verdict is Verdict.UNKNOWN
    assert {one.reason for one in result.targets} == {"the step could not be traced"}


def test_a_step_that_ran_all_the_same_is_supported() -> None:
    proof = Proof(Verdict.SUPPORTED, notes=("one step ran",))
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNKNOWN, SHAPES, HERE, proof)
    assert (result.verdict, result.findings) == (Verdict.SUPPORTED, ())
    assert "one step ran" in result.notes


def test_a_step_that_failed_when_it_was_run_has_the_runs_finding() -> None:
    run = CheckFinding(
        code="CHK501", cause=Cause.NAN_INF, severity=Severity.ERROR, seen="nan", why="log of 0"
    )
    proof = Proof(Verdict.UNSUPPORTED, (run,))
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNKNOWN, SHAPES, HERE, proof)
    assert (result.verdict, result.findings) == (Verdict.UNSUPPORTED, (run,))


def test_a_run_that_told_nothing_leaves_the_failure() -> None:
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNKNOWN, SHAPES, HERE, Proof(None))
    assert (result.verdict, result.findings) == (Verdict.UNKNOWN, (SHAPES,))


def test_no_node_of_a_cluster_can(
    write_scan: Callable[..., Path], make_cell: Callable[..., Cell]
) -> None:
    write_scan("n1", make_cell("Relu"))
    around = surroundings_of([write_scan("n2", make_cell("Relu")).parent], "2.21.0")
    result = result_of_failure(REQUEST, FAILURE, Verdict.UNSUPPORTED, SHAPES, around)
    assert result.cluster is not None
    assert (result.cluster.can, result.cluster.cannot) == ((), ("n1", "n2"))
    assert result.verdict is Verdict.UNSUPPORTED
