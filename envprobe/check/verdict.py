"""From findings and evidence to the verdict: of one target, and of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from envprobe.check.described import called, standing
from envprobe.check.judgement import Judgement
from envprobe.check.result import CheckFinding, ClusterAnswer, EvidenceCounts, TargetResult
from envprobe.check.share import share_in_words, share_of
from envprobe.check.target import Target
from envprobe.check.values import LABEL_CODE
from envprobe.models.oplist import OpList
from envprobe.terms import Evidence, Severity, Verdict

_SEVERITIES = list(Severity)
_RUNS = {Verdict.SUPPORTED, Verdict.PARTIAL}


def target_result(
    oplist: OpList,
    target: Target,
    judgements: Sequence[Judgement],
    kernel_findings: Sequence[CheckFinding],
    model_findings: Sequence[CheckFinding],
) -> TargetResult:
    """The verdict for the target, the line that says why, and the findings, the gravest first.

    `model_findings` are those of values, of XLA and of a dry run that hold on this very target.
    """
    findings = _gravest_first([*_not_said_twice(kernel_findings, model_findings), *model_findings])
    verdict = verdict_of(judgements, findings)
    affected = [one.requirement for one in judgements if _is_lossy(one)]
    share = share_of(affected, oplist)
    device = target.device
    return TargetResult(
        name=target.name,
        device=device.name,
        device_type=device.device_type,
        model=device.model,
        compute_capability=device.compute_capability,
        tensorflow=target.tensorflow,
        nodes=target.nodes,
        trains_here=target.trains_here,
        verdict=verdict,
        reason=_reason(verdict, judgements, findings, share),
        evidence=evidence_of(judgements),
        affected_flops=share,
        findings=findings,
    )


def verdict_of(judgements: Sequence[Judgement], findings: Sequence[CheckFinding]) -> Verdict:
    """The worst that is known; `supported` only where every requirement is known to run."""
    if any(one.outcome == "fails" for one in judgements):
        return Verdict.UNSUPPORTED
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.UNSUPPORTED
    if not judgements or any(map(_is_unknown, judgements)) or any(map(_is_open, findings)):
        return Verdict.UNKNOWN
    return Verdict.PARTIAL if any(map(_is_lossy, judgements)) else Verdict.SUPPORTED


def overall(targets: Iterable[TargetResult], cluster: ClusterAnswer | None = None) -> Verdict:
    """The machine's verdict, from the devices that train there, or the cluster's, from its nodes.

    `supported` where all can, `partial` where some can, `unsupported` where none can.
    """
    deciding = [one.verdict for one in _deciding(targets)]
    if cluster is None:
        return _combined(deciding)
    if cluster.can:
        everywhere = not cluster.cannot and not cluster.unknown
        return _combined(deciding) if everywhere and set(deciding) <= _RUNS else Verdict.PARTIAL
    return Verdict.UNSUPPORTED if cluster.cannot and not cluster.unknown else Verdict.UNKNOWN


def evidence_of(judgements: Iterable[Judgement]) -> EvidenceCounts:
    """How many requirements stand on which evidence."""
    counts = Counter(one.evidence for one in judgements)
    return EvidenceCounts(
        measured=counts[Evidence.MEASURED],
        registered=counts[Evidence.REGISTERED],
        none=counts[Evidence.NONE],
    )


def weakest(targets: Iterable[TargetResult]) -> EvidenceCounts:
    """The evidence of the target with the least measured, among those that decide the verdict."""
    counts = (one.evidence for one in _deciding(targets))
    return min(
        counts, key=lambda one: (one.measured, one.registered, -one.none), default=EvidenceCounts()
    )


def _deciding(targets: Iterable[TargetResult]) -> list[TargetResult]:
    """The devices that training uses; all of them where nobody says which it would use."""
    given = list(targets)
    return [one for one in given if one.trains_here] or given


def _combined(verdicts: Sequence[Verdict]) -> Verdict:
    if not verdicts:
        return Verdict.UNKNOWN
    if len(set(verdicts)) == 1:
        return verdicts[0]
    return Verdict.PARTIAL if _RUNS & set(verdicts) else Verdict.UNKNOWN


def _is_unknown(judgement: Judgement) -> bool:
    """What is thought to run without any evidence is not known to."""
    return judgement.outcome == "unknown" or judgement.evidence is Evidence.NONE


def _is_open(finding: CheckFinding) -> bool:
    """Whether the data alone decide: labels of which only some have a class."""
    return finding.code == LABEL_CODE and finding.severity is Severity.WARNING


def _is_lossy(judgement: Judgement) -> bool:
    return judgement.outcome == "falls_back" or (judgement.outcome == "runs" and judgement.emulated)


def _gravest_first(findings: Iterable[CheckFinding]) -> tuple[CheckFinding, ...]:
    return tuple(sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity)))


def _not_said_twice(
    kernel_findings: Sequence[CheckFinding], model_findings: Sequence[CheckFinding]
) -> list[CheckFinding]:
    """Without those on ops that XLA, or a real step, has told more of."""
    told = {(one.op, one.cause) for one in model_findings if one.severity is Severity.ERROR}
    return [one for one in kernel_findings if (one.op, one.cause) not in told]


def _reason(
    verdict: Verdict,
    judgements: Sequence[Judgement],
    findings: Sequence[CheckFinding],
    share: float | None,
) -> str:
    if verdict is Verdict.UNSUPPORTED:
        return _of_errors(judgements, findings)
    if verdict is Verdict.UNKNOWN:
        return _of_unknown(judgements, findings)
    if verdict is Verdict.PARTIAL:
        return _of_losses(judgements, share)
    counts = evidence_of(judgements)
    if not counts.measured:
        return f"all {len(judgements)} requirements have a kernel: none of them measured"
    all_ = f"all {len(judgements)} requirements run" if len(judgements) > 1 else "it runs"
    return f"{all_}: {_counted(counts)}"


def _counted(counts: EvidenceCounts) -> str:
    parts = [
        f"{number} {name}"
        for number, name in ((counts.measured, "measured"), (counts.registered, "registered only"))
        if number
    ]
    return ", ".join(parts)


def _of_errors(judgements: Sequence[Judgement], findings: Sequence[CheckFinding]) -> str:
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if not errors:
        failing = [one for one in judgements if one.outcome == "fails"]
        return f"{len(failing)} of {len(judgements)} requirements fail: {_named(failing[0])}"
    first = errors[0].seen.partition(". ")[0].rstrip(".")
    rest = len(errors) - 1
    return f"{first}; {rest} more" if rest else first


def _of_unknown(judgements: Sequence[Judgement], findings: Sequence[CheckFinding]) -> str:
    if not judgements:
        return "the step has no nodes to judge"
    unknown = [one for one in judgements if _is_unknown(one)]
    if not unknown:
        return next(one.seen for one in findings if _is_open(one)).rstrip(".")
    count = f"{len(unknown)} of {len(judgements)} requirements"
    return f"{count} are not known to run: {_named(unknown[0])}"


def _of_losses(judgements: Sequence[Judgement], share: float | None) -> str:
    on_cpu = sum(one.outcome == "falls_back" for one in judgements)
    emulated = sum(map(_is_lossy, judgements)) - on_cpu
    parts = [
        f"{number} of {len(judgements)} requirements {what}"
        for number, what in ((on_cpu, "run on the CPU"), (emulated, "run in emulated precision"))
        if number
    ]
    return f"{', '.join(parts)}: {share_in_words(share)}"


def _named(judgement: Judgement) -> str:
    where = standing(judgement.requirement.places)
    name = called(judgement.requirement)
    return f"{name}, {where}" if where else name
