"""Every match of an expression holds the plain texts that are said of it."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from envprobe.diagnose.catalog import entries
from envprobe.diagnose.pattern import anchor_of
from envprobe.diagnose.scanning.plain_texts import plain_texts


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        ("hello world", ["hello world"]),
        (r"a\.b\(c", ["a.b(c"]),
        (r"shape\[(?P<shape>[0-9,]+)\] and", ["shape[", "] and"]),
        (r"(?P<error>no kernel image) here", ["no kernel image", " here"]),
        (r"colou?r", ["colo", "r"]),
        (r"colou*r", ["colo", "r"]),
        (r"colou+r", ["colou", "r"]),
        (r"(?:one|two) three", [" three"]),
        (r"(?:maybe )?this", ["this"]),
        (r"(?:maybe ){0,3}this", ["this"]),
        (r"(?:again ){2,3}this", ["again ", "this"]),
        (r"[]a]x[^]b]y", ["x", "y"]),
        (r"[\]a|b]x", ["x"]),
        (r"(a(b|c)d)e", ["a", "d", "e"]),
        (r"\d+ of", [" of"]),
    ],
)
def test_texts(regex: str, texts: list[str]) -> None:
    assert [one for one in plain_texts(regex) if one] == texts


@pytest.mark.parametrize("regex", ["one|two", "a)b"])
def test_what_is_refused(regex: str) -> None:
    with pytest.raises(ValueError, match="bracket"):
        plain_texts(regex)


def test_an_anchor_is_long_enough() -> None:
    assert anchor_of(r"x (?P<a>longest text) shorter") == "longest text"
    with pytest.raises(ValueError, match="no plain text"):
        anchor_of(r"[a-z]+ of \d+")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_the_expressions_of_rules_mean_the_same_to_python(entry: object) -> None:
    regex = entry.pattern.regex  # type: ignore[attr-defined]
    re.compile(regex.replace(r"\z", r"\Z"))
    re2.compile(regex)


PARTS = st.sampled_from(["abc", "x?", "(?:de|f)", "(?P<n>gh)", "[ij]", r"\.", "(?:kl)?", "m+"])


@given(st.lists(PARTS, min_size=1, max_size=6), st.data())
def test_every_match_holds_them(parts: list[str], data: st.DataObject) -> None:
    parts = [part.replace("<n>", f"<n{place}>") for place, part in enumerate(parts)]
    regex = "".join(parts)
    matching = data.draw(st.from_regex(regex, fullmatch=True))
    assert all(text in matching for text in plain_texts(regex))
