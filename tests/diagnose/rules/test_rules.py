"""Every rule: its examples, its words, its place."""

from __future__ import annotations

import importlib
import re
from collections import Counter

import pytest

from envprobe.diagnose import rules
from envprobe.diagnose.catalog import all_rules, all_signals
from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.judging.template import FIELD, UNKNOWN
from envprobe.diagnose.result import DiagnosisFinding
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause

RULES = all_rules()
HITS = [(rule, hit) for rule in RULES for hit in rule.hits]
MISSES = [(rule, miss) for rule in RULES for miss in rule.misses]


def _id(value: object) -> str:
    return value.code if isinstance(value, Rule) else ""


@pytest.mark.parametrize("rule", RULES, ids=_id)
def test_a_rule_is_whole(rule: Rule) -> None:
    assert re.fullmatch(r"LOG\d{3}", rule.code)
    module = importlib.import_module(f"{rules.__name__}.{rule.name.replace('-', '_')}")
    assert module.RULE is rule, "a rule's file has its name"
    assert (module.__doc__ or "").strip(), "a rule's file states the fault"
    assert all((rule.patterns, rule.hits, rule.misses))
    assert all(text.strip() for text in (rule.seen, rule.why, rule.source))
    assert rule.fix or rule.kind is Kind.BENIGN
    assert (rule.cause is Cause.BENIGN) == (rule.kind is Kind.BENIGN)
    for pattern in rule.patterns:
        assert pattern.near
        assert all(len(text) >= 4 for text in pattern.near)
        assert pattern.compiled is not None


def test_codes_and_names_are_given_once() -> None:
    for key in ("code", "name"):
        counted = Counter(getattr(rule, key) for rule in RULES)
        assert [one for one, count in counted.items() if count > 1] == []


def test_rules_and_signals_do_not_share_names() -> None:
    assert not {rule.name for rule in RULES} & {signal.name for signal in all_signals()}


@pytest.mark.parametrize("rule", RULES, ids=_id)
def test_a_rule_yields_to_what_there_is(rule: Rule) -> None:
    known = {other.name for other in RULES} | {cause.value for cause in Cause}
    assert set(rule.yields_to) <= known


@pytest.mark.parametrize(("rule", "hit"), HITS, ids=_id)
def test_a_hit_is_found_and_its_sentences_are_filled(rule: Rule, hit: str) -> None:
    diagnosis = diagnose_text(hit)
    findings = [one for one in diagnosis.findings if one.code == rule.code]
    assert findings, [one.code for one in diagnosis.findings]
    if rule.kind is not Kind.BENIGN:
        root = diagnosis.root
        assert root is not None, [(one.code, one.role) for one in diagnosis.findings]
        assert root.code == rule.code, [(one.code, one.role) for one in diagnosis.findings]
    _sentences_are_filled(findings[0])


def _sentences_are_filled(finding: DiagnosisFinding) -> None:
    for sentence in (finding.seen, finding.why, finding.fix or "-"):
        assert sentence
        assert not FIELD.search(sentence), sentence
        assert UNKNOWN not in sentence, f"a field is unknown: {sentence}"


@pytest.mark.parametrize(("rule", "miss"), MISSES, ids=_id)
def test_a_miss_is_not_found(rule: Rule, miss: str) -> None:
    assert rule.code not in [one.code for one in diagnose_text(miss).findings]


def test_every_cause_of_a_failed_run_has_a_rule() -> None:
    # These are told by a check of a model's file, never by a run's log.
    elsewhere = {
        Cause.UNKNOWN,
        Cause.UNSAFE_MODEL_FILE,
        Cause.UNREADABLE_MODEL,
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
    }
    told = {rule.cause for rule in RULES}
    assert set(Cause) - elsewhere - told == set()
