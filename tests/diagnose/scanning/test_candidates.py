"""All texts are found in one pass, as if each were looked for by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.diagnose.catalog import Entry, all_rules, entries
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.scanning.anchors import Anchors
from envprobe.diagnose.scanning.candidates import Candidates, candidates_by_text

ENTRIES = tuple(
    Entry(name=text, pattern=Pattern(text), often=3)
    for text in ("out of memory", "memory failure", "of memo", "failed", "Überlauf")
)
WORDS = ("out ", "of ", "memory", " failure", "failed", "Überlauf", "\t", "x")


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_of_a_line(line: str) -> None:
    found = [entry.name for entry in Candidates(ENTRIES).of(line)]
    assert found == [entry.name for entry in ENTRIES if entry.name in line]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_lines_of_hits_have_candidates_and_are_found(rule: object) -> None:
    every = candidates_by_text()
    for hit in rule.hits:  # type: ignore[attr-defined]
        for line in hit.splitlines():
            plain = [one for one in entries() if any(t in line for t in one.pattern.near)]
            assert every.of(line) == plain


def test_lines_with_a_text_of_a_block_until_it_was_met_often() -> None:
    data = b"no\nit failed\nno\n" * 9
    anchors = Anchors(ENTRIES)
    assert [data[a:b] for a, b in anchors.lines(data, len(data))] == [b"it failed"] * 3
    assert len(list(anchors.lines(data, 0))) == 9
    # What a rarer text stands on is found all the same.
    assert len(list(anchors.lines(b"failed: out of memory\n", 99))) == 1


@given(st.lists(st.sampled_from((*WORDS, "\n", "\r")), max_size=30).map("".join))
def test_no_line_with_a_text_is_passed_over(text: str) -> None:
    data = text.encode()
    many = [Entry(name=one.name, pattern=one.pattern, often=10**6) for one in ENTRIES]
    found = [data[a:b].decode() for a, b in Anchors(many).lines(data, 0)]
    lines = text.replace("\r", "\n").split("\n")
    assert found == [line for line in lines if any(one.name in line for one in ENTRIES)]
