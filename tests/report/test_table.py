from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.report.symbols import Alphabet, Mark
from envprobe.report.table import HEADINGS, legend, op_table
from envprobe.terms import DTYPES

UNICODE = Alphabet(unicode=True)
OPS = st.dictionaries(
    st.text("abcdefgHIJ", min_size=1, max_size=18),
    st.dictionaries(st.sampled_from(DTYPES), st.sampled_from(Mark), min_size=1),
    min_size=1,
    max_size=60,
)


@given(folded=OPS, width=st.sampled_from([40, 80, 120, 200]))
def test_it_fits_the_width_and_shows_every_op(
    folded: dict[str, dict[str, Mark]], width: int
) -> None:
    lines = [line.plain for line in op_table(folded, width, UNICODE)]
    assert max(map(len, lines)) <= width
    words = " ".join(lines).replace(",", " ").split()
    assert set(folded) <= set(words)


def test_every_dtype_has_a_heading_of_its_own() -> None:
    assert set(HEADINGS) == set(DTYPES)
    assert len(set(HEADINGS.values())) == len(DTYPES)


def test_wide_outputs_show_one_op_a_line_in_columns() -> None:
    folded = {
        f"Op{n:02d}": {"float16": Mark.NO_KERNEL, "float32": Mark.SUPPORTED} for n in range(8)
    }
    lines = [line.plain for line in op_table(folded, 200, UNICODE)]
    assert len(lines) == 2 + 2  # the heading, and four groups of two
    assert lines[2].split() == [w for n in (0, 2, 4, 6) for w in (f"Op{n:02d}", "–", "✓")]


def test_narrow_outputs_put_ops_that_behave_alike_together() -> None:
    folded = {f"AnOperationWithALongName{n}": {"float32": Mark.SUPPORTED} for n in range(3)}
    folded["Odd"] = {"float32": Mark.CRASHED}
    lines = [line.plain for line in op_table(folded, 50, Alphabet(unicode=False))]
    assert lines[0].split() == ["f"]
    assert lines[1].split() == ["32"]
    assert sum(line.strip().startswith("Y") for line in lines) == 1
    assert lines[-1].split() == ["!", "Odd"]


@pytest.mark.parametrize("width", [30, 80, 400])
def test_the_legend_explains_exactly_the_signs_that_occur(width: int) -> None:
    marks = {Mark.SUPPORTED, Mark.INVALID_DTYPE, Mark.WRONG_RESULT, Mark.DIFFERS}
    lines = [line.plain for line in legend(marks, width, UNICODE)]
    text = "   ".join(lines)
    assert [mark for mark in Mark if f"{UNICODE.sign(mark)} {mark.value}" in text] == [
        mark for mark in Mark if mark in marks
    ]
    assert all(len(line) <= max(width, 50) for line in lines)
