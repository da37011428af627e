"""What a diagnosis found: the file kind `diagnosis`, and what `envprobe.diagnose()` returns."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.diagnose.judging.causality import Role
from envprobe.diagnose.rule import Candidate, Confidence
from envprobe.terms import Cause, Severity
from envprobe.version import __version__

FORMAT_VERSION = 1


class EvidenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a log that proves something: cleaned of colours, and cut where it is very long."""

    file: str
    line: int
    text: str
    rank: str | None = None


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """What this machine, or a given matrix, has to say of a finding.

    confirmed     it shows the same
    contradicted  it shows the opposite: the log is of another machine, or things have changed
    unknown       it does not tell; `told` is then the reason
    """

    answer: Literal["confirmed", "contradicted", "unknown"]
    told: str


class DiagnosisFinding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a log tells.

    role      `root` is what ended the run, `consequence` what followed from `of` (a finding's
              code), `benign` what did not end it: harmless, or overcome
    severity  `error` ended a run or would, `warning` costs something, `info` means nothing
    evidence  the lines that prove it, the first ones; `count` is how often it was seen, at least
    fields    what was read in them, numbers in the unit of the field's name
    """

    code: str
    name: str
    cause: Cause
    severity: Severity
    role: Role
    confidence: Confidence
    of: str | None = None
    rank: str | None = None
    seen: str
    why: str
    fix: str | None = None
    fields: dict[str, str | int | float] = {}
    evidence: tuple[EvidenceLine, ...]
    count: int
    candidates: tuple[Candidate, ...] = ()
    here: Here | None = None
    source: str


class LogFile(msgspec.Struct, frozen=True, kw_only=True):
    """One log that was read: how long it was, and the ranks that its lines name."""

    file: str
    lines: int
    bytes: int
    ranks: tuple[str, ...] = ()


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a log tells of where the run was; None what it does not tell."""

    platform: str | None = None
    python: str | None = None
    tensorflow: str | None = None
    gpus: tuple[str, ...] = ()


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run failed.

    cause       the root cause; `benign` where nothing is wrong with the run as far as the log
                shows, `unknown` where nothing that is known was seen
    confidence  how sure that is; None where the cause is `unknown`
    rank        the process that failed first, where there are several
    candidates  the causes that come into question, the likeliest first, `cause` being the first
    findings    the root cause, its consequences, then what did not end the run
    reason      why the cause is not known
    informative the lines to look at then
    machine_note  where the log is not of this machine, or not of the software on it; None where
                nothing is known to differ, or this machine was not asked
    notes       what could not be looked at, and faults of envprobe itself
    """

    kind: Literal["diagnosis"] = "diagnosis"
    format_version: int = FORMAT_VERSION
    cause: Cause
    confidence: Confidence | None = None
    reason: str | None = None
    rank: str | None = None
    candidates: tuple[Candidate, ...] = ()
    findings: tuple[DiagnosisFinding, ...] = ()
    informative: tuple[EvidenceLine, ...] = ()
    logs: tuple[LogFile, ...] = ()
    surroundings: Surroundings = Surroundings()
    machine_note: str | None = None
    notes: tuple[str, ...] = ()
    envprobe: str = __version__

    @property
    def root(self) -> DiagnosisFinding | None:
        """The finding that is the root cause."""
        return next((one for one in self.findings if one.role == "root"), None)


def encode_diagnosis(diagnosis: Diagnosis) -> bytes:
    """The diagnosis as an indented JSON document with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(diagnosis), indent=2) + b"\n"
