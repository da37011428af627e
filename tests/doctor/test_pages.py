"""The rules' pages in `docs/rules/` are those of the rule files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from envprobe.doctor.judge import all_rules
from envprobe.doctor.lookup import rule_named
from envprobe.doctor.rule import Rule
from envprobe.errors import UsageError
from envprobe.report.doctor.rule_page import families, page_name, rule_pages, summary

FOLDER = Path(__file__).parent.parent.parent / "docs" / "rules"
STALE = "run scripts/make_rule_pages.py"
PAGES = rule_pages(all_rules())


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_not_stale(name: str) -> None:
    page = FOLDER / name
    assert page.is_file(), STALE
    assert page.read_text(encoding="utf-8") == PAGES[name], STALE


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    pages = {page.name for page in FOLDER.glob("DOC*")} | {"README.md"}
    assert pages == set(PAGES), STALE


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_a_page_says_it_all(rule: Rule) -> None:
    page = PAGES[page_name(rule)]
    assert page.startswith(f"# {rule.code} {rule.name}\n")
    headings = ["What is seen, for example", "Why it matters", "What mends it", "Source"]
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == headings
    assert summary(rule).endswith(".")


def test_every_rule_is_in_the_index() -> None:
    index = PAGES["README.md"]
    assert all(f"({page_name(rule)})" in index for rule in all_rules())
    assert len(families()) == 6


@pytest.mark.parametrize("text", ["DOC202", "doc202", "tensorflow-provided-twice"])
def test_a_rule_is_found_by_code_and_by_name(text: str) -> None:
    assert rule_named(text).code == "DOC202"
    assert rule_named("tensorflow_provided_twice").code == "DOC202"


def test_an_unknown_rule_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match="tensorflow-provided-twice"):
        rule_named("tensorflow-provided-twise")


def test_no_page_holds_a_path_of_the_machine_that_made_it() -> None:
    told = "".join(PAGES.values())
    assert sys.executable not in told
    assert str(FOLDER.parent.parent) not in told
