"""From judgements to findings: which kernels fail on a target, why, and what would run instead."""

from __future__ import annotations

from collections.abc import Sequence

from envprobe.check.changes.alternatives import alternatives, in_words
from envprobe.check.changes.changes import channels_last
from envprobe.check.changes.compiles_instead import compiles_instead
from envprobe.check.changes.what_if import Judge, WhatIf
from envprobe.check.described import called, is_channels_first, shortened
from envprobe.check.judgement import Judgement
from envprobe.check.judging.judge import judge as judge_all
from envprobe.check.kernels.fault import XLA_REFUSES, Fault, fault_of, is_refused_layout
from envprobe.check.kernels.fault_groups import Group, groups_of
from envprobe.check.kernels.kernel_words import words_of
from envprobe.check.kernels.low_precision import low_precision_findings
from envprobe.check.kernels.subject import Subject, seen_in_full
from envprobe.check.result import CheckFinding
from envprobe.check.target import Target
from envprobe.models.oplist import OpList
from envprobe.terms import Severity

UNKNOWN_CODE = "CHK208"
_MOST_UNKNOWN = 3  # each with a finding of its own; more of them are told in one
_SEVERITIES = list(Severity)


def kernel_findings(
    oplist: OpList,
    target: Target,
    judgements: Sequence[Judgement],
    judge: Judge = judge_all,
) -> tuple[CheckFinding, ...]:
    """CHK201 to CHK215: what does not simply run there, the gravest and earliest first.

    One finding for each op, dtype and layout; a gradient that fails with its layer's own node is
    named with it. `judge` answers what would become of a changed model.
    """
    what_if = WhatIf(oplist, target, judge)
    groups = groups_of(_faulty(tuple(judgements), what_if))
    findings = [_finding(group, what_if) for group in groups]
    findings = [*_unknowns_told(groups, findings), *low_precision_findings(target, judgements)]
    return tuple(sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity)))


def _faulty(judgements: tuple[Judgement, ...], what_if: WhatIf) -> list[tuple[Judgement, Fault]]:
    """The judgements that are at fault, each with its fault."""
    asked = [one for one in judgements if is_refused_layout(one, what_if.target)]
    turned = what_if.judged(channels_last(one.requirement) for one in asked)
    # Where the turned node fails as well, the layout is not why.
    decided = {
        id(one) for one, after in zip(asked, turned, strict=True) if after.outcome != "fails"
    }
    found = (
        (one, fault_of(one, what_if.target, layout_decides=id(one) in decided))
        for one in judgements
    )
    return [(one, fault) for one, fault in found if fault is not None]


def _finding(group: Group, what_if: WhatIf) -> CheckFinding:
    subject = Subject(group, what_if.oplist, what_if.target)
    words = words_of(subject)
    offered = in_words(alternatives(group, what_if), subject.device_type)
    places = group.places if len(group.ops) == 1 else ()
    place = max(places, key=lambda one: one.layer is not None, default=None)
    return CheckFinding(
        code=group.fault.code,
        cause=group.fault.cause,
        severity=group.fault.severity,
        op=group.ops[0],
        dtype=group.dtype,
        layer=place.layer if place else None,
        file=place.file if place else None,
        line=place.line if place else None,
        seen=seen_in_full(subject, words.seen),
        why=words.why,
        fix=_fix(group, words.fix, offered),
    )


def _fix(group: Group, general: str | None, offered: str | None) -> str | None:
    """What is known to run, else what generally helps."""
    if group.fault.code == UNKNOWN_CODE and general and offered:
        return f"{general} Or: {offered}"  # to ask the machine comes first
    instead = compiles_instead(group.first.requirement.op) if group.fault == XLA_REFUSES else None
    fix = offered or general
    return f"{fix} Or: {instead[:1].upper()}{instead[1:]}." if fix and instead else fix


def _unknowns_told(groups: Sequence[Group], findings: Sequence[CheckFinding]) -> list[CheckFinding]:
    """All findings; of many unknowns only the first few are told apart, and the rest in one."""
    unknown = [at for at, one in enumerate(findings) if one.code == UNKNOWN_CODE]
    if len(unknown) <= _MOST_UNKNOWN:
        return list(findings)
    names = list(dict.fromkeys(_short(groups[at]) for at in unknown))
    first = findings[unknown[0]]
    told = CheckFinding(
        code=UNKNOWN_CODE,
        cause=first.cause,
        severity=first.severity,
        op=first.op,
        dtype=first.dtype,
        seen=f"Of {len(names)} kinds of nodes nobody knows whether they run: "
        f"{shortened(names, 6)}.",
        why=first.why,
        fix=first.fix,
    )
    return [*(one for at, one in enumerate(findings) if at not in unknown), told]


def _short(group: Group) -> str:
    requirement = group.first.requirement
    dtype = f" in {group.dtype}" if group.dtype else ""
    return called(requirement) if is_channels_first(requirement) else f"{requirement.op}{dtype}"
