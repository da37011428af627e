"""All rules on one examination."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from envprobe.doctor import rules
from envprobe.doctor.examination import Examination
from envprobe.doctor.rule import Rule
from envprobe.terms import Finding, Severity

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
    found = [finding for rule in all_rules() for finding in rule.findings(examination)]
    return tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.code, f.seen)))
