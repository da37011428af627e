"""All rules on one examination."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from envprobe.doctor import rules
from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule
from envprobe.terms import Finding, Severity

BROKEN_RULE = "DOC900"
ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of `doctor/rules/`, by code."""
    found: list[Rule] = [
        importlib.import_module(f"{rules.__name__}.{module.name}").RULE
        for module in pkgutil.iter_modules(rules.__path__)
        if not module.name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda rule: rule.code))


def judge(examination: Examination) -> tuple[Finding, ...]:
    """Every finding, errors first, then by code."""
    found = [finding for rule in all_rules() for finding in _judged(rule, examination)]
    return tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.code, f.seen)))


def _judged(rule: Rule, examination: Examination) -> list[Finding]:
    """What the rule finds. One that breaks on a machine nobody thought of costs itself only."""
    try:
        return list(rule.findings(examination))
    except Exception as error:  # noqa: BLE001  a scan's cells must not be lost to it
        return [
            Finding(
                code=BROKEN_RULE,
                name="rule-broken",
                severity=Severity.INFO,
                seen=f"{rule.code} {rule.name}: {type(error).__name__}: {error}",
                why="A fault in envprobe itself: whether this rule holds here is not known.",
            )
        ]
