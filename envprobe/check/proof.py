"""What a dry run proves of a model on this machine."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from envprobe.check.result import CheckFinding, TargetResult
from envprobe.terms import Severity, Verdict


class Proof(NamedTuple):
    """The run's own verdict with its findings; None where nothing was run."""

    verdict: Verdict | None
    findings: tuple[CheckFinding, ...] = ()
    notes: tuple[str, ...] = ()


def with_proof(result: TargetResult, proof: Proof) -> TargetResult:
    """The result of a device that the step ran on: what was thought to fail there did not."""
    if proof.verdict is Verdict.UNKNOWN and result.verdict is not Verdict.UNSUPPORTED:
        reason = "the dry run did not come to an end"
        return msgspec.structs.replace(result, verdict=Verdict.UNKNOWN, reason=reason)
    if proof.verdict is not Verdict.SUPPORTED:
        return result
    partial = result.verdict is Verdict.PARTIAL
    return msgspec.structs.replace(
        result,
        verdict=Verdict.PARTIAL if partial else Verdict.SUPPORTED,
        reason=result.reason if partial else "one real step ran here, and its numbers are finite",
        findings=tuple(map(_no_error, result.findings)),
    )


def _no_error(finding: CheckFinding) -> CheckFinding:
    if finding.severity is not Severity.ERROR:
        return finding
    return msgspec.structs.replace(
        finding, severity=Severity.WARNING, why=f"{finding.why} The step ran here all the same."
    )
