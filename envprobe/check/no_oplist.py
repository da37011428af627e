"""The result for a model whose step could not be traced, or whose file could not be read."""

from __future__ import annotations

from envprobe.check.nodes.cluster_answer import cluster_answer
from envprobe.check.proof import Proof
from envprobe.check.result import CheckFinding, CheckResult, EvidenceCounts, TargetResult
from envprobe.check.surroundings import Surroundings
from envprobe.check.verdict import overall
from envprobe.errors import FileFormatError
from envprobe.models.failure import TraceFailure
from envprobe.models.request import TraceRequest
from envprobe.models.unsafe import UnsafeModelError
from envprobe.terms import Cause, Severity, Verdict


def result_of_unreadable(model: str, error: FileFormatError) -> CheckResult:
    """Nothing is said of any target: the file was not loaded."""
    unsafe = isinstance(error, UnsafeModelError)
    finding = CheckFinding(
        code="CHK691" if unsafe else "CHK692",
        cause=Cause.UNSAFE_MODEL_FILE if unsafe else Cause.UNREADABLE_MODEL,
        severity=Severity.ERROR,
        seen=str(error),
        why=_UNSAFE if unsafe else "What cannot be read cannot be checked.",
        fix="Check the file's origin; --trust loads it all the same." if unsafe else None,
    )
    return CheckResult(
        source=model,
        verdict=Verdict.UNKNOWN,
        evidence=EvidenceCounts(),
        requirements=0,
        findings=(finding,),
    )


def result_of_failure(
    request: TraceRequest,
    failure: TraceFailure,
    verdict: Verdict,
    finding: CheckFinding,
    around: Surroundings,
    proof: Proof | None = None,
) -> CheckResult:
    """The same verdict on every target: the model fails before any device is asked.

    `proof` is that of a dry run of a model that could not be traced.
    """
    findings: tuple[CheckFinding, ...] = (finding,)
    if proof is not None and proof.verdict is not None:
        verdict, findings = proof.verdict, proof.findings
    results = tuple(
        TargetResult(
            name=target.name,
            device=target.device.name,
            device_type=target.device.device_type,
            model=target.device.model,
            compute_capability=target.device.compute_capability,
            tensorflow=target.tensorflow,
            nodes=target.nodes,
            trains_here=target.trains_here,
            verdict=verdict,
            reason=_REASONS[verdict],
            findings=findings,
        )
        for target in around.targets
    )
    cluster = cluster_answer(results) if around.cluster is not None else None
    return CheckResult(
        source=request.source,
        verdict=overall(results, cluster) if results else verdict,
        evidence=EvidenceCounts(),
        requirements=0,
        mode=request.mode,
        precision=request.precision,
        batch=request.batch,
        loss=request.loss,
        optimizer=request.optimizer,
        jit=request.jit,
        tensorflow=failure.tensorflow,
        findings=findings,
        targets=results,
        cluster=cluster,
        notes=(
            *failure.notes,
            *failure.warnings,
            *around.notes,
            *(proof.notes if proof else ()),
        ),
    )


_UNSAFE = "Loading it could run code, read other files or fill the disk; nothing of it was loaded."
_REASONS = {
    Verdict.UNSUPPORTED: "the step fails before a device is asked: it cannot be traced",
    Verdict.UNKNOWN: "the step could not be traced",
    Verdict.SUPPORTED: "one real step ran here, and its numbers are finite",
}
