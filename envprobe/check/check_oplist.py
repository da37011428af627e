"""An op list against all its targets."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from envprobe.check.nodes.cluster_answer import cluster_answer
from envprobe.check.nodes.odd_nodes import cluster_findings
from envprobe.check.nodes.precisions import precisions
from envprobe.check.on_target import result_on
from envprobe.check.proof import Proof, with_proof
from envprobe.check.result import CheckFinding, CheckResult, EvidenceCounts, TargetResult
from envprobe.check.surroundings import Surroundings
from envprobe.check.target import Target
from envprobe.check.verdict import overall, weakest
from envprobe.models.oplist import OpList
from envprobe.terms import Severity

_WITHOUT_STEP = ("oplist_text", "saved_model", "graph_def")  # a dry run refuses them


def check_oplist(oplist: OpList, around: Surroundings, proof: Proof | None = None) -> CheckResult:
    """The verdict for each target and for all of them; `proof` is that of a dry run here."""
    results = tuple(_result(oplist, target, proof) for target in around.targets)
    cluster = cluster_answer(results) if around.cluster is not None else None
    if cluster is not None:
        told = precisions(oplist, around.targets, results)
        cluster = msgspec.structs.replace(cluster, precisions=told)
    evidence = weakest(results)
    odd = cluster_findings(around.cluster, cluster, oplist.ops) if around.cluster else ()
    return CheckResult(
        source=oplist.source,
        verdict=overall(results, cluster),
        evidence=evidence,
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
        notes=(
            *oplist.notes,
            *around.notes,
            *(proof.notes if proof else _hint(oplist, evidence, around)),
        ),
    )


def _hint(oplist: OpList, evidence: EvidenceCounts, around: Surroundings) -> tuple[str, ...]:
    if evidence.measured or not around.is_here:
        return ()
    hint = "nothing of it is measured on this machine: `envprobe scan` measures kernels"
    if oplist.source_kind in _WITHOUT_STEP:
        return (f"{hint}, --probe runs these very nodes",)
    return (f"{hint}, --probe runs this model's own nodes, --dry-run one step",)


def _result(oplist: OpList, target: Target, proof: Proof | None) -> TargetResult:
    if proof is None or not target.trains_here:
        return result_on(oplist, target)
    return with_proof(result_on(oplist, target, proof.findings), proof)


def each_once(
    results: Iterable[TargetResult], further: Iterable[CheckFinding] = ()
) -> tuple[CheckFinding, ...]:
    """All findings, the gravest first; what holds on several targets once."""
    found = dict.fromkeys(
        [*(finding for result in results for finding in result.findings), *further]
    )
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))
