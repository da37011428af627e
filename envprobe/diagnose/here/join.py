"""A diagnosis beside what is known of this machine, or of the machines that were scanned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from envprobe.diagnose.here.answers import KERNELS, MACHINE, Asked, answered
from envprobe.diagnose.here.machine import Machine, look_at_this_machine, not_looked_at
from envprobe.diagnose.here.other_machine import Differences, differences, settled
from envprobe.diagnose.here.scans import Scans, given_scans, last_scan
from envprobe.diagnose.result import Diagnosis, DiagnosisFinding, Here


def with_machine(
    diagnosis: Diagnosis, *, matrix: Sequence[Path] = (), examine: bool = True
) -> Diagnosis:
    """The diagnosis with a word of this machine beside each finding that it can say something of.

    `matrix` are matrix or cluster files and folders of them, asked about kernels; without them
    this machine's last scan is. `examine=False` leaves this machine out. Takes about half a second
    without a GPU. What cannot be asked is a note; FileFormatError or UsageError is raised only
    where nothing of `matrix` can be read.
    """
    given = given_scans(matrix) if matrix else None
    if not any(map(_may_be_told, diagnosis.findings)) or not (examine or given):
        return diagnosis
    try:
        machine = look_at_this_machine() if examine else not_looked_at()
        scans = given or _last_scan(diagnosis, machine)
        return joined(diagnosis, machine, scans)
    except Exception as error:  # noqa: BLE001  what the log tells must not be lost to it
        return _noted(diagnosis, (_fault("the comparison with this machine", error),))


def joined(diagnosis: Diagnosis, machine: Machine, scans: Scans) -> Diagnosis:
    """The same for a machine that was looked at, and scans that were read."""
    found = differences(diagnosis.surroundings, machine.inventory)
    asked = Asked(log=diagnosis.surroundings, machine=machine, scans=scans, other=found)
    findings, faults = [], []
    for finding in diagnosis.findings:
        try:
            here = _here(finding, asked, found)
        except Exception as error:  # noqa: BLE001  costs this finding's word only
            here = None
            faults.append(_fault(finding.code, error))
        findings.append(msgspec.structs.replace(finding, here=here))
    told = any(finding.here for finding in findings)
    return _noted(
        msgspec.structs.replace(
            diagnosis,
            findings=tuple(findings),
            machine_note=found.note if told else None,
        ),
        (*scans.notes, *faults),
    )


def _may_be_told(finding: DiagnosisFinding) -> bool:
    return finding.role != "benign" and finding.cause in {*KERNELS, *MACHINE}


def _last_scan(diagnosis: Diagnosis, machine: Machine) -> Scans:
    """Read only where a finding asks for a kernel."""
    kernels = any(_may_be_told(f) and f.cause in KERNELS for f in diagnosis.findings)
    return last_scan(machine, diagnosis.surroundings.tensorflow) if kernels else Scans()


def _here(finding: DiagnosisFinding, asked: Asked, found: Differences) -> Here | None:
    if not _may_be_told(finding):
        return None
    answer = answered(finding, asked)
    return settled(answer.here, answer.ground, found) if answer else None


def _fault(where: str, error: Exception) -> str:
    return f"a fault in envprobe: {where}: {type(error).__name__}: {error}"


def _noted(diagnosis: Diagnosis, notes: tuple[str, ...]) -> Diagnosis:
    return msgspec.structs.replace(diagnosis, notes=(*diagnosis.notes, *notes))
