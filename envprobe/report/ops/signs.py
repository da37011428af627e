"""The signs of what is registered, and the rows that they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from envprobe.evidence.dtype_states import State
from envprobe.report.symbols import SIGNS, Alphabet, Mark
from envprobe.report.table import GAP, HEADINGS, op_table
from envprobe.terms import DTYPES

STATE_MARKS: Mapping[State, Mark] = {
    "registered": Mark.REGISTERED,
    "host_memory": Mark.HOST_MEMORY,
    "default": Mark.DEFAULT,
    "label": Mark.LABEL,
    "no_kernel": Mark.NO_KERNEL,
    "not_allowed": Mark.INVALID_DTYPE,
    "unknown": Mark.UNTESTED,
}
ORDER = tuple(dict.fromkeys((*STATE_MARKS.values(), *Mark)))
WORDS = {Mark.INVALID_DTYPE: "the op does not allow this dtype", Mark.UNTESTED: "not known"}


def marks_of(states: Mapping[str, State]) -> dict[str, Mark]:
    """The marks of the usual dtypes."""
    return {dtype: STATE_MARKS[state] for dtype, state in states.items() if dtype in HEADINGS}


def rows_of_marks(
    rows: Mapping[str, Mapping[str, Mark]], width: int, alphabet: Alphabet
) -> Iterator[Text]:
    """A line of marks for each name, under headings; folded where that is too wide."""
    dtypes = [d for d in DTYPES if any(d in marks for marks in rows.values())]
    name_width = max(map(len, rows), default=0)
    if name_width + sum(map(_width, dtypes)) > width:
        yield from op_table(rows, width, alphabet)
        return
    for line in (0, 1):
        heading = "".join(HEADINGS[dtype][line].rjust(_width(dtype)) for dtype in dtypes)
        yield Text(" " * name_width + heading, style="bold", no_wrap=True)
    for name, marks in rows.items():
        text = Text(name.ljust(name_width), no_wrap=True)
        for dtype in dtypes:
            mark = marks.get(dtype)
            sign = alphabet.sign(mark) if mark else ""
            text.append(sign.rjust(_width(dtype)), style=SIGNS[mark].style if mark else "")
        text.rstrip()
        yield text


def legend_of(
    marks: set[Mark], width: int, alphabet: Alphabet, *, of_cells: bool = False
) -> Iterator[Text]:
    """What each sign that occurs means, broken between signs only.

    Of what is registered, unless they are the signs `of_cells`, which were measured.
    """
    line = Text(no_wrap=True)
    for mark in (mark for mark in (Mark if of_cells else ORDER) if mark in marks):
        told = mark.value if of_cells else WORDS.get(mark, mark.value)
        entry = Text(alphabet.sign(mark), style=SIGNS[mark].style)
        entry.append(f" {told}", style="default not bold")
        if line and line.cell_len + GAP + entry.cell_len > width:
            yield line
            line = Text(no_wrap=True)
        line.append(" " * GAP if line else "").append_text(entry)
    if line:
        yield line


def shown_dtypes(dtypes: Sequence[str]) -> str:
    """The dtypes in one line; many are told by the usual ones that are not among them."""
    usual = [dtype for dtype in DTYPES if dtype in dtypes]
    if len(usual) == len(DTYPES):
        return "every usual dtype"
    if len(usual) > len(DTYPES) * 2 / 3:
        return f"every usual dtype but {' '.join(d for d in DTYPES if d not in usual)}"
    return " ".join([*usual, *(dtype for dtype in dtypes if dtype not in usual)])


def _width(dtype: str) -> int:
    return max(map(len, HEADINGS[dtype])) + 1
