from __future__ import annotations

import pytest
from rich.cells import cell_len

from envprobe.report.symbols import BY_STATUS, SIGNS, Alphabet, Mark, alphabet_for
from envprobe.terms import Status


@pytest.mark.parametrize("unicode", [True, False])
def test_signs_differ_by_shape_and_take_one_column(unicode: bool) -> None:
    signs = [Alphabet(unicode=unicode).sign(mark) for mark in Mark]
    assert len(set(signs)) == len(Mark)
    assert all(cell_len(sign) == 1 for sign in signs)
    assert unicode or all(sign.isascii() for sign in signs)


def test_every_mark_has_a_sign_and_every_status_its_own_mark() -> None:
    assert set(SIGNS) == set(Mark)
    assert len(set(BY_STATUS.values())) == len(Status)


def test_only_supported_is_green() -> None:
    assert [mark for mark in Mark if "green" in SIGNS[mark].style] == [Mark.SUPPORTED]


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [
        ("utf-8", True),
        ("UTF8", True),
        ("utf-16", True),
        ("ascii", False),
        ("latin-1", False),
        (None, False),
    ],
)
def test_unicode_only_where_it_can_be_shown(encoding: str | None, unicode: bool) -> None:
    assert alphabet_for(encoding).unicode is unicode
    assert alphabet_for(encoding).text("1 µs · …").isascii() is not unicode
