"""Exit codes; scripts build on them, so that none ever changes its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envprobe.check.result import CheckResult
    from envprobe.diagnose.result import Diagnosis
    from envprobe.doctor.result import DoctorResult
    from envprobe.matrix.matrix import Matrix

FINE = 0
ERROR_FOUND = 1
WRONG_USAGE = 2
NOTHING_PROBED = 3
INTERNAL_FAULT = 70  # sysexits.h: EX_SOFTWARE
INTERRUPTED = 130  # as a shell reports SIGINT


def code_of_matrix(matrix: Matrix) -> int:
    """3 when no cell was measured, otherwise 1 when a finding is an error, otherwise 0."""
    from envprobe.terms import Severity, Status

    if all(cell.status is Status.UNTESTED for cell in matrix.cells):
        return NOTHING_PROBED
    if any(finding.severity is Severity.ERROR for finding in matrix.findings):
        return ERROR_FOUND
    return FINE


def code_of_doctor(result: DoctorResult) -> int:
    """1 when something does not work, 3 when nothing could be told, otherwise 0."""
    if result.blocked:
        return ERROR_FOUND
    return NOTHING_PROBED if result.told_nothing else FINE


def code_of_check(result: CheckResult) -> int:
    """2 for a model that cannot be read, 1 when it does not run, 3 when that is not known."""
    from envprobe.terms import Verdict

    if result.unreadable:
        return WRONG_USAGE
    codes = {Verdict.UNSUPPORTED: ERROR_FOUND, Verdict.UNKNOWN: NOTHING_PROBED}
    return codes.get(result.verdict, FINE)


def code_of_diagnosis(diagnosis: Diagnosis) -> int:
    """1 when an error ended the run, 3 when the cause is not known, otherwise 0."""
    from envprobe.terms import Cause, Severity

    if diagnosis.cause is Cause.UNKNOWN:
        return NOTHING_PROBED
    root = diagnosis.root
    return ERROR_FOUND if root is not None and root.severity is Severity.ERROR else FINE
