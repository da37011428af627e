"""What is told of one reading: its sentences, filled, and the lines that prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from envprobe.diagnose.judging.causality import Judged
from envprobe.diagnose.judging.found import Found
from envprobe.diagnose.judging.template import filled
from envprobe.diagnose.line import Line
from envprobe.diagnose.result import DiagnosisFinding, EvidenceLine
from envprobe.diagnose.rule import Kind
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Severity

MOST_EVIDENCE = 3
LONGEST_TEXT = 600


def finding_of(one: Judged, counts: Mapping[str, int], *, several: bool) -> DiagnosisFinding:
    """The finding; `several` processes have their names told, `counts` are by the rules' names."""
    found, reading, rule = one.found, one.found.reading, one.found.rule
    return DiagnosisFinding(
        code=rule.code,
        name=rule.name,
        cause=found.cause,
        severity=_severity(found),
        role=one.role,
        confidence=found.confidence,
        of=one.of.rule.code if one.of else None,
        rank=found.process if several else None,
        seen=filled(reading.seen or rule.seen, found.fields),
        why=filled(reading.why or rule.why, found.fields),
        fix=filled(reading.fix or rule.fix or "", found.fields) or None,
        fields=found.fields,
        evidence=tuple(evidence_line(line.line) for line in _proofs(found.sightings)),
        count=max(counts.get(rule.name, 0), len(found.sightings)),
        candidates=found.candidates,
        source=rule.source,
    )


def _severity(found: Found) -> Severity:
    if found.kind is Kind.BENIGN:
        return Severity.INFO
    if found.kind is Kind.DEGRADED:
        return Severity.WARNING if found.rule.severity is Severity.ERROR else found.rule.severity
    return found.rule.severity


def _proofs(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The first sightings; not those that only repeat what one before them has told."""
    told: dict[object, Sighting] = {}
    for one in sightings:
        told.setdefault(tuple(one.fields.items()) or one.line.text.strip(), one)
    return list(told.values())[:MOST_EVIDENCE]


def evidence_line(line: Line) -> EvidenceLine:
    """The line as it is quoted."""
    text = line.text.strip()
    text = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return EvidenceLine(file=line.file, line=line.number, text=text, rank=line.rank)
