"""Findings, machines and diagnoses that the tests of the join are made of."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from envprobe.diagnose.here.join import joined
from envprobe.diagnose.here.machine import Machine
from envprobe.diagnose.here.scans import Scans
from envprobe.diagnose.result import Diagnosis, DiagnosisFinding, EvidenceLine, Here, Surroundings
from envprobe.diagnose.rule import Confidence
from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import all_rules, judge
from envprobe.doctor.result import DoctorResult
from envprobe.terms import Cause, Severity

NOW = datetime(2026, 1, 3, 4, tzinfo=timezone.utc)  # two days after the scans of the first
OWNERS = {4711: "alice"}


def finding(cause: Cause, **fields: Any) -> DiagnosisFinding:
    """The root cause, with these fields."""
    return DiagnosisFinding(
        code="LOG999",
        name="of-a-test",
        cause=cause,
        severity=Severity.ERROR,
        role=fields.pop("role", "root"),
        confidence=Confidence.CERTAIN,
        seen="seen",
        why="why",
        fields=fields,
        evidence=(EvidenceLine(file="train.log", line=1, text="text"),),
        count=1,
        source="a test",
    )


def machine(examination: Examination) -> Machine:
    """The machine as doctor sees it."""
    examined = DoctorResult(
        findings=judge(examination),
        inventory=examination.inventory,
        asked_tensorflow=False,
        rules=len(all_rules()),
    )
    return Machine(examined=examined, now=NOW, owner=OWNERS.get)


def diagnosis(*findings: DiagnosisFinding, **surroundings: Any) -> Diagnosis:
    """Of a log that tells this of where it was."""
    return Diagnosis(
        cause=findings[0].cause,
        confidence=Confidence.CERTAIN,
        findings=findings,
        surroundings=Surroundings(**surroundings),
    )


def answer(
    of: DiagnosisFinding, examination: Examination, scans: Scans | None = None, **surroundings: Any
) -> Here:
    """What is told of the finding."""
    found = joined(diagnosis(of, **surroundings), machine(examination), scans or Scans())
    assert found.notes == (scans.notes if scans else ())
    here = found.findings[0].here
    assert here is not None
    return here
