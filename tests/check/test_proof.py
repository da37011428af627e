"""What a step that really ran says of the device it ran on."""

from __future__ import annotations

import pytest

from envprobe.check.proof import Proof, with_proof
from envprobe.check.result import CheckFinding, TargetResult
from envprobe.terms import Cause, Severity, Verdict


def finding(severity: Severity) -> CheckFinding:
    return CheckFinding(
        code="CHK201",
        cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
        severity=severity,
        seen="it has no kernel.",
        why="Nobody registered one.",
    )


def thought(verdict: Verdict, *findings: CheckFinding) -> TargetResult:
    return TargetResult(
        name="this machine",
        device="CPU:0",
        device_type="CPU",
        verdict=verdict,
        reason="thought so",
        findings=findings,
    )


@pytest.mark.parametrize("verdict", [Verdict.SUPPORTED, Verdict.UNKNOWN, Verdict.UNSUPPORTED])
def test_a_step_that_ran_makes_the_device_good(verdict: Verdict) -> None:
    result = with_proof(thought(verdict), Proof(Verdict.SUPPORTED))
    assert result.verdict is Verdict.SUPPORTED
    assert result.reason == "one real step ran here, and its numbers are finite"


def test_a_step_that_ran_in_part_elsewhere_stays_partial() -> None:
    """It ran, and that some of it ran on the CPU is as true as before."""
    result = with_proof(thought(Verdict.PARTIAL), Proof(Verdict.SUPPORTED))
    assert (result.verdict, result.reason) == (Verdict.PARTIAL, "thought so")


def test_an_error_that_did_not_happen_is_a_warning() -> None:
    errors = thought(Verdict.UNSUPPORTED, finding(Severity.ERROR), finding(Severity.INFO))
    first, second = with_proof(errors, Proof(Verdict.SUPPORTED)).findings
    assert first.severity is Severity.WARNING
    assert first.why == "Nobody registered one. The step ran here all the same."
    assert second == finding(Severity.INFO)


@pytest.mark.parametrize("verdict", [Verdict.SUPPORTED, Verdict.PARTIAL, Verdict.UNKNOWN])
def test_a_run_that_did_not_end_leaves_nothing_certain(verdict: Verdict) -> None:
    result = with_proof(thought(verdict), Proof(Verdict.UNKNOWN))
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "the dry run did not come to an end"


def test_a_run_that_did_not_end_does_not_take_back_what_fails() -> None:
    known = thought(Verdict.UNSUPPORTED, finding(Severity.ERROR))
    assert with_proof(known, Proof(Verdict.UNKNOWN)) == known


@pytest.mark.parametrize("verdict", list(Verdict))
def test_no_run_changes_nothing(verdict: Verdict) -> None:
    assert with_proof(thought(verdict), Proof(None)) == thought(verdict)


def test_what_a_failed_run_found_is_already_among_the_findings() -> None:
    """`check_oplist` hands them to the target itself: the verdict is not made twice."""
    known = thought(Verdict.UNSUPPORTED, finding(Severity.ERROR))
    assert with_proof(known, Proof(Verdict.UNSUPPORTED, (finding(Severity.ERROR),))) == known
