"""What a rule says of a failure, before it becomes a finding."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.terms import Cause, Severity, Verdict


class Explained(NamedTuple):
    """The cause in words; `op`, `dtype` and `layer` where the rule knows better than the failure.

    `named` is what the sentence about the place starts with where neither a layer nor a loss is
    the culprit.
    """

    code: str
    cause: Cause
    why: str
    fix: str | None = None
    op: str | None = None
    dtype: str | None = None
    layer: str | None = None
    named: str | None = None
    verdict: Verdict = Verdict.UNSUPPORTED
    severity: Severity = Severity.ERROR
