"""A known issue in the words of a finding: its evidence, how grave it is, its command."""

from __future__ import annotations

import re

from envprobe.doctor.commands import install
from envprobe.doctor.examination import Examination
from envprobe.facts.known_issues import KnownIssue
from envprobe.inventory.distributions import normalised
from envprobe.terms import Severity


def lists_gpu(examination: Examination) -> bool:
    """Whether TensorFlow was started and lists a GPU."""
    report = examination.inventory.tensorflow
    return report is not None and any(one.device_type == "GPU" for one in report.devices)


def evidence(issue: KnownIssue, examination: Examination) -> str:
    """What of the machine meets the issue's conditions."""
    packages = map(normalised, issue.applies.packages)
    parts = [f"TensorFlow {examination.tensorflow}"]
    parts += [f"{name} {examination.package(name)}" for name in packages]
    parts += [f"no {name}" for name in issue.applies.missing]
    if issue.applies.glibc:
        parts.append(str(examination.inventory.host.libc))
    if issue.applies.capability:
        parts += sorted({f"compute capability {g.compute_capability}" for g in examination.gpus})
    return ", ".join(parts)


def printed(issue: KnownIssue) -> str:
    """A sentence with the message by which one notices it."""
    return f" It prints: {issue.symptoms[0].rstrip('. ')}." if issue.symptoms else ""


def grade(issue: KnownIssue, examination: Examination) -> Severity:
    """What starts all the same may still hurt; what has no condition but the release, rarely."""
    asked = issue.applies
    specific = asked.packages or asked.capability or asked.glibc or asked.extra
    if issue.harmless or not specific:
        return Severity.INFO
    if examination.inventory.tensorflow is None:
        return Severity.ERROR if "ran" in issue.evidence else Severity.WARNING
    seen_to_hurt = {"ran", "issue"} & set(issue.evidence)
    return Severity.WARNING if seen_to_hurt or not asked.packages else Severity.INFO


def remedy_command(issue: KnownIssue, examination: Examination) -> str | None:
    """The remedy's own command, where the whole remedy is one installation."""
    match = re.fullmatch(r'pip install "?([^\s",]+(?:,[^\s",]+)*)"?\.?', issue.remedy or "")
    return install(examination, match[1]) if match else None
