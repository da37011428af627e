"""What became of one requirement on one target, and what the answer rests on."""

from __future__ import annotations

from typing import Literal, NamedTuple

from envprobe.matrix.cell import CellKey
from envprobe.models.oplist import Requirement
from envprobe.terms import Evidence, Status

# falls_back: it runs, on the CPU beside the device.
Outcome = Literal["runs", "falls_back", "fails", "unknown"]


class Judgement(NamedTuple):
    """One requirement held against one target.

    `status` says how it fails (`no_kernel`, `unimplemented` …), None where it runs or nobody knows.
    `reason` is None only where it runs. `cell` is the measured cell that decided. `emulated`: the
    device computes this dtype in another's arithmetic.
    """

    requirement: Requirement
    outcome: Outcome
    evidence: Evidence
    status: Status | None = None
    reason: str | None = None
    cell: CellKey | None = None
    emulated: bool = False
