"""A diagnosis as it is given: the cause, its findings, or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.judging.causality import Judged
from envprobe.diagnose.judging.findings import evidence_line, finding_of
from envprobe.diagnose.judging.unknown import informative_lines
from envprobe.diagnose.result import Diagnosis, DiagnosisFinding, LogFile, Surroundings
from envprobe.diagnose.rule import Candidate, Confidence
from envprobe.diagnose.scanning.scan import Scanned
from envprobe.terms import Cause


def answer(
    roles: Sequence[Judged],
    pieces: Sequence[Scanned],
    processes: Mapping[str, Log],
    notes: tuple[str, ...],
) -> Diagnosis:
    """What the readings, with their roles, come to."""
    counts = _counts(pieces)
    logs = tuple(_log_file(piece) for piece in pieces)
    several = len(processes) > 1 or any(log.ranks for log in logs)
    findings = tuple(finding_of(one, counts, several=several) for one in roles)
    found = Diagnosis(
        cause=Cause.UNKNOWN,
        findings=findings,
        logs=logs,
        surroundings=_surroundings(list(processes.values())),
        notes=notes,
    )
    if found.root is not None:
        return _with_cause(found, found.root)
    known = frozenset().union(*(one.found.orders for one in roles))
    if findings and not any(_failed(log, known) for log in processes.values()):
        return msgspec.structs.replace(found, cause=Cause.BENIGN, confidence=Confidence.LIKELY)
    lines = tuple(evidence_line(line) for line in informative_lines(pieces))
    return msgspec.structs.replace(found, reason=_reason(pieces, bool(lines)), informative=lines)


def _with_cause(found: Diagnosis, root: DiagnosisFinding) -> Diagnosis:
    return msgspec.structs.replace(
        found,
        cause=root.cause,
        confidence=root.confidence,
        rank=root.rank,
        candidates=_candidates(root, found.findings),
    )


def _failed(log: Log, known: Collection[int]) -> bool:
    """Whether something ended badly that training did not overcome, or TensorFlow tells errors.

    `known` are the lines whose meaning is known.
    """
    failures = log.all("failure")
    told = [one for one in log.all("error-line") if one.line.order not in known]
    ends = [*failures[-1:], *told[-1:]]
    return any(not log.went_on_after(one) for one in ends)


def _reason(pieces: Sequence[Scanned], told: bool) -> str:
    if not any(piece.length for piece in pieces):
        return "the log is empty"
    return "no rule knows these lines" if told else "the log holds blank lines only"


def _counts(pieces: Sequence[Scanned]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for piece in pieces:
        for name, count in piece.counts.items():
            counts[name] = counts.get(name, 0) + count
    return counts


def _candidates(
    root: DiagnosisFinding, findings: Sequence[DiagnosisFinding]
) -> tuple[Candidate, ...]:
    """The root cause, what its own words can mean besides, and the other findings' causes."""
    first = Candidate(cause=root.cause, check=root.seen)
    others = [
        Candidate(cause=one.cause, check=one.seen)
        for one in findings
        if one.role != "root" and one.cause is not Cause.BENIGN
    ]
    named: dict[Cause, Candidate] = {}
    for candidate in (first, *root.candidates, *others):
        named.setdefault(candidate.cause, candidate)
    return tuple(named.values())


def _log_file(piece: Scanned) -> LogFile:
    ranks = sorted({one.line.rank for one in piece.sightings if one.line.rank is not None})
    return LogFile(file=piece.file, lines=piece.lines, bytes=piece.length, ranks=tuple(ranks))


def _surroundings(logs: Sequence[Log]) -> Surroundings:
    def told(names: Iterable[object]) -> str | None:
        return next((str(name) for name in names if name is not None), None)

    gpus = [s.fields["gpu"] for log in logs for s in log.all("gpu-created") if "gpu" in s.fields]
    return Surroundings(
        platform=told(log.platform for log in logs),
        python=told(log.python for log in logs),
        tensorflow=told(log.tensorflow for log in logs),
        gpus=tuple(dict.fromkeys(gpus)),
    )
