"""All rules together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from envprobe.doctor import judge as judging
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.doctor.judge import BROKEN_RULE, all_rules, judge
from envprobe.doctor.rule import Rule, Seen
from envprobe.terms import Severity


def _breaks(_: Examination) -> Iterator[Seen]:
    raise KeyError("nobody thought of that")


def test_a_rule_that_breaks_costs_itself_only(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = changed(healthy_cpu(), "inventory.cpu.isa", ())
    broken = Rule(
        code="DOC999",
        name="a-fault",
        severity=Severity.ERROR,
        why="So.",
        fix=None,
        source="nowhere",
        detect=_breaks,
        hits=(),
        misses=(),
    )
    sound = judge(fault)
    monkeypatch.setattr(judging, "all_rules", lambda: (broken, *all_rules()))
    [told] = [finding for finding in judge(fault) if finding.code == BROKEN_RULE]
    assert "DOC999 a-fault: KeyError" in told.seen
    assert [finding for finding in judge(fault) if finding is not told and finding != told] == list(
        sound
    )


def test_no_rule_breaks_on_any_example() -> None:
    for rule in all_rules():
        for example in (*rule.hits, *rule.misses, healthy_cpu, healthy_gpu):
            assert BROKEN_RULE not in {finding.code for finding in judge(example())}
