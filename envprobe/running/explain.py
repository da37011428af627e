"""From what a run printed, and what envprobe saw of its end, to the root cause."""

from __future__ import annotations

import io
from collections.abc import Sequence

import msgspec

from envprobe.diagnose.diagnose import diagnosis_of
from envprobe.diagnose.judging.findings import evidence_line
from envprobe.diagnose.judging.unknown import informative_lines
from envprobe.diagnose.reading.source import Piece, text_piece
from envprobe.diagnose.result import Diagnosis
from envprobe.diagnose.rule import Confidence
from envprobe.diagnose.scanning.scan import Scanned, scan
from envprobe.running.facts import NAME
from envprobe.terms import Cause

LOG = "log.txt"


def explained(output: bytes, facts: Sequence[str], *, failed: bool) -> Diagnosis:
    """Why the run failed, joined with this machine.

    Of one that ended well: what there is to say of its output.
    """
    log = scan(Piece(file=LOG, stream=io.BytesIO(output)))
    pieces = [log]
    if facts:
        pieces.append(scan(text_piece("\n".join(facts), NAME), order=log.length + 1))
    diagnosis = diagnosis_of([pieces])
    if diagnosis.root is not None:
        return _here(diagnosis)
    return _unexplained(diagnosis, log) if failed else _well(diagnosis)


def _unexplained(diagnosis: Diagnosis, log: Scanned) -> Diagnosis:
    """A run that failed is never harmless; what it printed last tells more than that it ended."""
    lines = tuple(map(evidence_line, informative_lines([log])))
    return msgspec.structs.replace(
        diagnosis,
        cause=Cause.UNKNOWN,
        confidence=None,
        reason="the run failed, and no rule knows what it printed",
        informative=lines or diagnosis.informative,
    )


def _well(diagnosis: Diagnosis) -> Diagnosis:
    return msgspec.structs.replace(
        diagnosis, cause=Cause.BENIGN, confidence=Confidence.CERTAIN, reason=None, informative=()
    )


def _here(diagnosis: Diagnosis) -> Diagnosis:
    from envprobe.diagnose.here.join import with_machine

    return with_machine(diagnosis)
