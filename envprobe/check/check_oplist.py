"""An op list against all its targets."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from envprobe.check.nodes.cluster_answer import cluster_answer
from envprobe.check.nodes.odd_nodes import cluster_findings
from envprobe.check.nodes.precisions import precisions
from envprobe.check.on_target import result_on
from envprobe.check.result import CheckFinding, CheckResult, TargetResult
from envprobe.check.run.ran import findings_of_run, ran_well
from envprobe.check.surroundings import Surroundings
from envprobe.check.verdict import overall, weakest
from envprobe.models.dry_run import DryRun
from envprobe.models.oplist import OpList
from envprobe.terms import Severity, Verdict


def check_oplist(oplist: OpList, around: Surroundings, run: DryRun | None = None) -> CheckResult:
    """The verdict for each target and for all of them; `run` is what a dry run here came to."""
    of_run = findings_of_run(run) if run is not None else ()
    results = tuple(
        result_on(oplist, target, of_run if target.trains_here else ()) for target in around.targets
    )
    if run is not None and ran_well(run):
        results = tuple(map(proven, results))
    cluster = cluster_answer(results) if around.cluster is not None else None
    if cluster is not None:
        told = precisions(oplist, around.targets, results)
        cluster = msgspec.structs.replace(cluster, precisions=told)
    odd = cluster_findings(around.cluster, cluster, oplist.ops) if around.cluster else ()
    return CheckResult(
        source=oplist.source,
        verdict=overall(results, cluster),
        evidence=weakest(results),
        requirements=len(oplist.requirements),
        mode=oplist.mode,
        precision=oplist.precision or ", ".join(oplist.policies) or None,
        batch=oplist.batch,
        loss=oplist.loss,
        optimizer=oplist.optimizer,
        jit=oplist.jit,
        tensorflow=oplist.tensorflow,
        findings=each_once(results, odd),
        targets=results,
        cluster=cluster,
        notes=(*oplist.notes, *around.notes, *_of_run(run)),
    )


def each_once(
    results: Iterable[TargetResult], further: Iterable[CheckFinding] = ()
) -> tuple[CheckFinding, ...]:
    """All findings, the gravest first; what holds on several targets once."""
    found = dict.fromkeys(
        [*(finding for result in results for finding in result.findings), *further]
    )
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def proven(result: TargetResult) -> TargetResult:
    """The result after a step that ran here: what was thought to fail did not."""
    if not result.trains_here:
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


def _of_run(run: DryRun | None) -> tuple[str, ...]:
    if run is None:
        return ()
    told = [run.edges_left] if run.edges_left else []
    if ran_well(run):
        loss = f", loss {run.loss:.4g}" if run.loss is not None else ""
        where = f" on {run.device}" if run.device else ""
        told.insert(
            0, f"dry run: one step ran{where}{loss}; {len(run.edges)} further batches tried"
        )
    return tuple(told)
