"""What was seen elsewhere of kernels that are registered and do not work, or work unregistered."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from envprobe.check.judgement import Judgement
from envprobe.check.judging.kind import Kind, proves_nothing
from envprobe.check.target import Target
from envprobe.errors import UsageError
from envprobe.matrix.known_disagreements import DisagreementRow, known_disagreements
from envprobe.models.oplist import Requirement
from envprobe.registrations import known_releases, nearest_release
from envprobe.terms import Evidence, Status

_Rows = Mapping[tuple[str, str, str, str, str], DisagreementRow]


def judge_recorded(kind: Kind, target: Target) -> Judgement | None:
    """What was recorded for this kind of node on the release nearest to the target's; or None."""
    device_type = target.device.device_type
    release = _recorded_release(target.tensorflow, device_type)
    if release is None:
        return None
    rows = _rows(release, device_type)
    mode = "xla" if kind.requirement.compiled else "graph"
    found = ((match, rows.get((*match[:4], mode))) for match in kind.matches if match.exact)
    match, row = next((one for one in found if one[1] is not None), (None, None))
    if match is None or row is None or proves_nothing(match, kind, target.registrations):
        return None
    return _judged(row, kind.requirement, release)


def _judged(row: DisagreementRow, requirement: Requirement, release: str) -> Judgement | None:
    if row.status is Status.SUPPORTED:
        return Judgement(requirement, "runs", Evidence.REGISTERED)
    # Compiling takes no values: what XLA fails with is the node's own. Elsewhere the inputs of the
    # one who recorded it may be to blame.
    if row.status is Status.FAILED and row.mode != "xla":
        return None
    reason = f"seen with TensorFlow {release}: {row.reason or row.status.value}"
    return Judgement(requirement, "fails", Evidence.REGISTERED, row.status, reason)


@functools.cache
def _recorded_release(tensorflow: str | None, device_type: str) -> str | None:
    """The nearest release with a record; of equally near ones the newer."""
    releases = known_releases()
    recorded = [r for r in reversed(releases) if known_disagreements(r, device_type) is not None]
    if tensorflow is None or not recorded:
        return None
    try:
        asked = releases.index(nearest_release(tensorflow))
    except UsageError:  # a build may call itself what it likes
        return None
    return min(recorded, key=lambda release: abs(releases.index(release) - asked))


@functools.cache
def _rows(release: str, device_type: str) -> _Rows:
    known = known_disagreements(release, device_type)
    return {
        (row.op, row.variant, dtype, row.direction, row.mode): row
        for row in (known.rows if known else ())
        for dtype in row.dtypes
    }
