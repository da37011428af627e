"""From logs to the root cause."""

from __future__ import annotations

import os
from collections.abc import Sequence

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.judging.answer import answer
from envprobe.diagnose.judging.causality import judged
from envprobe.diagnose.judging.found import Found, found_in
from envprobe.diagnose.judging.times import seconds_of
from envprobe.diagnose.reading.source import opened, text_piece
from envprobe.diagnose.result import Diagnosis
from envprobe.diagnose.rule import Kind
from envprobe.diagnose.scanning.scan import Scanned, scan


def diagnose(*logs: str | os.PathLike[str]) -> Diagnosis:
    """Why a run failed, from its log or the logs of its processes; `-` is standard input.

    Raises UsageError where one cannot be read.
    """
    return diagnosis_of([_scanned(os.fspath(log)) for log in logs])


def diagnose_text(text: str) -> Diagnosis:
    """Why a run failed, from what it printed."""
    return diagnosis_of([[scan(text_piece(text))]])


def diagnosis_of(logs: Sequence[Sequence[Scanned]]) -> Diagnosis:
    """What the logs tell together; each is one process's, or several ranks' in one file."""
    processes = _processes(logs)
    every, notes = [], []
    for name, log in processes.items():
        found, broken = found_in(log, name)
        every += found
        notes += broken
    pieces = [piece for log in logs for piece in log]
    roles = judged(every, _begins(every))
    return answer(roles, pieces, processes, tuple(notes))


def _scanned(name: str) -> list[Scanned]:
    """The pieces of one log, in their order."""
    done: list[Scanned] = []
    with opened(name) as pieces:
        for piece in pieces:
            done.append(scan(piece, order=sum(one.length + 1 for one in done)))
    return done


def _processes(logs: Sequence[Sequence[Scanned]]) -> dict[str, Log]:
    """The log of each process: of each file, or of each rank that a file's lines name."""
    found: dict[str, Log] = {}
    for log in logs:
        sightings = [one for piece in log for one in piece.sightings]
        file = log[0].file if log else ""
        for rank in sorted({one.line.rank for one in sightings} or {None}, key=str):
            own = [one for one in sightings if one.line.rank == rank]
            name = file if rank is None else f"{file}:{rank}" if len(logs) > 1 else rank
            found[name] = Log(own, [step for one in log for step in one.progress.get(rank, ())])
    return found


def _begins(every: Sequence[Found]) -> dict[str, float]:
    """When each process failed first, by the times that its log tells."""
    begins: dict[str, float] = {}
    for one in every:
        seconds = seconds_of(one.sightings[0])
        if one.kind is not Kind.BENIGN and seconds is not None:
            begins[one.process] = min(seconds, begins.get(one.process, seconds))
    return begins
