"""The op × dtype table of one device, laid out for the width that there is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from rich.text import Text

from envprobe.report.symbols import SIGNS, Alphabet, Mark
from envprobe.terms import DTYPES

Marks = Mapping[str, Mark]

# Two short lines over each column: kind above, bits below.
HEADINGS = {
    "float16": ("f", "16"),
    "bfloat16": ("bf", "16"),
    "float32": ("f", "32"),
    "float64": ("f", "64"),
    "float8_e4m3fn": ("f8", "e4"),
    "float8_e5m2": ("f8", "e5"),
    "int4": ("i", "4"),
    "int8": ("i", "8"),
    "int16": ("i", "16"),
    "int32": ("i", "32"),
    "int64": ("i", "64"),
    "uint4": ("u", "4"),
    "uint8": ("u", "8"),
    "uint16": ("u", "16"),
    "uint32": ("u", "32"),
    "uint64": ("u", "64"),
    "bool": ("bo", "ol"),
    "complex64": ("c", "64"),
    "complex128": ("c", "128"),
    "string": ("st", "r"),
}
LEAST_NAME_WIDTH = 30
MOST_GROUPS = 4
GAP = 3  # blanks between column groups


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Some ops that behave alike, and their mark for each dtype."""

    names: str
    marks: Marks


def op_table(folded: Mapping[str, Marks], width: int, alphabet: Alphabet) -> Iterator[Text]:
    """The table's lines, none wider than `width`.

    Where two column groups fit, each op has its own line; on narrower outputs ops that behave
    alike share one. Dtypes that leave no room for the names go into a table of their own below.
    """
    dtypes = _dtypes_in(folded)
    for part, some in enumerate(_parts(dtypes, width)):
        if part:
            yield Text()
        yield from _one_table(folded, some, width, alphabet)


def legend(marks: set[Mark], alphabet: Alphabet) -> Text:
    """What each sign that occurs means; blanks are explained as well."""
    text = Text()
    for mark in Mark:
        if mark in marks:
            text.append(alphabet.sign(mark), style=SIGNS[mark].style)
            text.append(f" {mark.value}   ".replace(" ", "\u00a0", mark.value.count(" ") + 1))
    return text.append("blank\u00a0not\u00a0asked")


def _dtypes_in(folded: Mapping[str, Marks]) -> list[str]:
    seen = {dtype for marks in folded.values() for dtype in marks}
    return [d for d in DTYPES if d in seen] + sorted(seen - set(DTYPES))


def _parts(dtypes: Sequence[str], width: int) -> list[Sequence[str]]:
    parts = 1
    while parts < len(dtypes):
        size = -(-len(dtypes) // parts)
        chunks = [dtypes[at : at + size] for at in range(0, len(dtypes), size)]
        if max(map(_marks_width, chunks)) + LEAST_NAME_WIDTH <= width:
            return chunks
        parts += 1
    return [dtypes[at : at + 1] for at in range(len(dtypes))]


def _one_table(
    folded: Mapping[str, Marks], dtypes: Sequence[str], width: int, alphabet: Alphabet
) -> Iterator[Text]:
    folded = {op: marks for op, marks in folded.items() if any(d in marks for d in dtypes)}
    longest = max(map(len, folded), default=0)
    groups = min(MOST_GROUPS, (width + GAP) // (longest + _marks_width(dtypes) + GAP))
    if groups >= 2:
        lines = [Line(names=op, marks=marks) for op, marks in folded.items()]
        name_width = longest
    else:
        groups, name_width = 1, width - _marks_width(dtypes)
        lines = _alike(folded, dtypes, name_width)
    yield from _in_groups(lines, dtypes, groups, name_width, alphabet)


def _alike(folded: Mapping[str, Marks], dtypes: Sequence[str], width: int) -> list[Line]:
    together: dict[tuple[Mark | None, ...], list[str]] = {}
    for op, marks in folded.items():
        together.setdefault(tuple(marks.get(dtype) for dtype in dtypes), []).append(op)
    return [
        line
        for ops in together.values()
        for line in _wrapped(ops, {d: m for d, m in folded[ops[0]].items() if d in dtypes}, width)
    ]


def _wrapped(ops: Sequence[str], marks: Marks, width: int) -> Iterator[Line]:
    lines = textwrap.wrap(", ".join(ops), width, subsequent_indent="  ", break_on_hyphens=False)
    for number, names in enumerate(lines):
        yield Line(names=names, marks={} if number else marks)


def _in_groups(
    lines: Sequence[Line], dtypes: Sequence[str], groups: int, name_width: int, alphabet: Alphabet
) -> Iterator[Text]:
    height = max(-(-len(lines) // groups), 1)
    columns = [lines[at : at + height] for at in range(0, len(lines), height)]
    for row in (0, 1):
        heading = [_heading(dtypes, row, name_width) for _ in columns]
        yield _joined(heading)
    for at in range(height):
        yield _joined([_row(c[at], dtypes, name_width, alphabet) for c in columns if at < len(c)])


def _joined(pieces: Sequence[Text]) -> Text:
    text = Text(" " * GAP).join(pieces)
    text.rstrip()
    text.no_wrap = True
    return text


def _heading(dtypes: Sequence[str], row: int, name_width: int) -> Text:
    words = " " * name_width + "".join(_heading_of(d)[row].rjust(_width_of(d)) for d in dtypes)
    return Text(words, style="bold")


def _row(line: Line, dtypes: Sequence[str], name_width: int, alphabet: Alphabet) -> Text:
    text = Text(line.names.ljust(name_width))
    for dtype in dtypes:
        mark = line.marks.get(dtype)
        sign = alphabet.sign(mark) if mark else ""
        text.append(sign.rjust(_width_of(dtype)), style=SIGNS[mark].style if mark else "")
    return text


def _heading_of(dtype: str) -> tuple[str, str]:
    return HEADINGS.get(dtype, (dtype[:3], dtype[3:6]))


def _width_of(dtype: str) -> int:
    return max(map(len, _heading_of(dtype))) + 1 if len(dtype) > 1 else 3


def _marks_width(dtypes: Sequence[str]) -> int:
    return sum(map(_width_of, dtypes))
