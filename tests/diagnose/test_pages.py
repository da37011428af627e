"""The pages of diagnose's rules in `docs/rules/` are those of the rule files."""

from __future__ import annotations

from pathlib import Path

import pytest

from envprobe.diagnose.catalog import all_rules
from envprobe.diagnose.lookup import rule_named
from envprobe.diagnose.rule import Rule
from envprobe.errors import UsageError
from envprobe.report.diagnose.rule_page import families, page_name, rule_pages, summary

FOLDER = Path(__file__).parent.parent.parent / "docs" / "rules"
STALE = "run scripts/make_rule_pages.py"
PAGES = rule_pages(all_rules())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_not_stale(name: str) -> None:
    page = FOLDER / name
    assert page.is_file(), STALE
    assert page.read_text(encoding="utf-8") == PAGES[name], STALE


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    assert {page.name for page in FOLDER.glob("LOG*")} | {"diagnose.md"} == set(PAGES), STALE


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_a_page_says_what_is_seen_and_why(rule: Rule) -> None:
    page = PAGES[page_name(rule)]
    assert page.startswith(f"# {rule.code} {rule.name}\n")
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings[:3] == ["In a log, for example", "What is said of it", "Why"]
    assert headings[-1] == "Source"
    assert summary(rule).endswith(".")


def test_every_rule_belongs_to_a_family_of_the_index() -> None:
    assert {rule.code[:4] for rule in all_rules()} <= set(families())
    assert all(f"[{rule.code}]" in PAGES["diagnose.md"] for rule in all_rules())


def test_a_rule_is_found_by_code_and_name() -> None:
    rule = all_rules()[0]
    assert rule_named(rule.code.lower()) is rule
    assert rule_named(rule.name.replace("-", "_")) is rule
    with pytest.raises(UsageError, match=rule.name):
        rule_named(rule.name + "x")
