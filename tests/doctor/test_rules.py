"""Every rule: its form, its examples, and that the healthy machines have nothing to fear."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable

import pytest

from envprobe.doctor import rules
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import healthy_cpu, healthy_gpu
from envprobe.doctor.judge import all_rules, judge
from envprobe.doctor.rule import Rule
from envprobe.terms import Severity

RULES = all_rules()
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_a_file_has_the_name_of_its_rule() -> None:
    files = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    # What several rules share is no rule.
    files = {name for name in files if not name.startswith("_")}
    assert files == {rule.name.replace("-", "_") for rule in RULES}


@EACH
def test_the_form(rule: Rule) -> None:
    assert re.fullmatch(r"DOC[1-6]\d\d", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert rule.why.endswith(".")
    assert rule.source
    assert rule.hits, "a rule without an example of its fault"
    assert rule.misses, "a rule without an example that comes close"


@EACH
def test_every_hit_fires_with_its_evidence_filled_in(rule: Rule) -> None:
    for hit in rule.hits:
        found = list(rule.findings(hit()))
        assert found, "an example of the fault in which it is not seen"
        for finding in found:
            assert finding.seen
            assert "None" not in finding.seen
            assert "{" not in f"{finding.seen}{finding.why}{finding.fix}"


@EACH
def test_no_miss_fires(rule: Rule) -> None:
    for miss in rule.misses:
        assert list(rule.findings(miss())) == []


@pytest.mark.parametrize("healthy", [healthy_cpu, healthy_gpu])
def test_nothing_is_wrong_with_a_healthy_machine(healthy: Callable[[], Examination]) -> None:
    grave = [f for f in judge(healthy()) if f.severity is not Severity.INFO]
    assert grave == []
