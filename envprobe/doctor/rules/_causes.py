"""A fault that has a cause is told once: by the rule that names the cause."""

from __future__ import annotations

from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import all_rules


def told_by(examination: Examination, *codes: str) -> bool:
    """Whether one of these rules has something to tell of the machine."""
    causes = (rule for rule in all_rules() if rule.code in codes)
    return any(True for rule in causes for _ in rule.detect(examination))
