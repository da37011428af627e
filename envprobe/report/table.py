"""The op × dtype table of one device, laid out for the width that there is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

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
LEAST_NAME_WIDTH = 18  # for the first name beside the marks
MOST_GROUPS = 4
GAP = 3  # blanks between column groups
INDENT = 4  # of lines that run on


def op_table(folded: Mapping[str, Marks], width: int, alphabet: Alphabet) -> Iterator[Text]:
    """The table's lines, none wider than `width` unless a single name is.

    Where two column groups fit, each op has its own line; on narrower outputs ops that behave
    alike share their marks. Dtypes that leave no room for names go into a table of their own.
    """
    for part, dtypes in enumerate(_parts(_dtypes_in(folded), width)):
        if part:
            yield Text()
        asked = {op: marks for op, marks in folded.items() if any(d in marks for d in dtypes)}
        name_width = max(map(len, asked), default=0)
        groups = min(MOST_GROUPS, (width + GAP) // (name_width + _marks_width(dtypes) + GAP))
        if groups >= 2:
            yield from _in_groups(asked, dtypes, groups, name_width, alphabet)
        else:
            yield from _alike(asked, dtypes, width, alphabet)


def legend(marks: set[Mark], width: int, alphabet: Alphabet) -> Iterator[Text]:
    """What each sign that occurs means, broken between signs only."""
    entries = [
        Text(alphabet.sign(mark), style=SIGNS[mark].style).append(f" {mark.value}", style="not dim")
        for mark in Mark
        if mark in marks
    ]
    line = Text(no_wrap=True)
    for entry in [*entries, Text("blank: not asked")]:
        if line and line.cell_len + GAP + entry.cell_len > width:
            yield line
            line = Text(no_wrap=True)
        line.append(" " * GAP if line else "").append_text(entry)
    yield line


def _dtypes_in(folded: Mapping[str, Marks]) -> list[str]:
    seen = {dtype for marks in folded.values() for dtype in marks}
    return [d for d in DTYPES if d in seen] + sorted(seen - set(DTYPES))


def _parts(dtypes: Sequence[str], width: int) -> list[Sequence[str]]:
    for parts in range(1, len(dtypes) + 1):
        size = -(-len(dtypes) // parts)
        chunks = [dtypes[at : at + size] for at in range(0, len(dtypes), size)]
        if max(map(_marks_width, chunks)) + LEAST_NAME_WIDTH <= width:
            return chunks
    return [[dtype] for dtype in dtypes]


def _alike(
    folded: Mapping[str, Marks], dtypes: Sequence[str], width: int, alphabet: Alphabet
) -> Iterator[Text]:
    """Marks first, then the ops that have them, running on below at full width."""
    together: dict[tuple[Mark | None, ...], list[str]] = {}
    for op, marks in folded.items():
        together.setdefault(tuple(marks.get(dtype) for dtype in dtypes), []).append(op)
    yield from (_heading(dtypes, row) for row in (0, 1))
    for ops in sorted(together.values(), key=lambda ops: -len(ops)):
        shown = _marks(folded[ops[0]], dtypes, alphabet)
        lines = _wrapped(ops, shown.cell_len + 2, width)
        yield _unwrapped(shown, lines[0][shown.cell_len :])
        yield from (_unwrapped(Text(line)) for line in lines[1:])


def _wrapped(ops: Sequence[str], first_indent: int, width: int) -> list[str]:
    """The names, the first line indented past the marks, or empty where no name fits there."""
    fits = first_indent + len(ops[0]) + 1 <= width
    lines = textwrap.wrap(
        ", ".join(ops),
        width,
        initial_indent=" " * (first_indent if fits else INDENT),
        subsequent_indent=" " * INDENT,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return lines if fits else ["", *lines]


def _in_groups(
    folded: Mapping[str, Marks],
    dtypes: Sequence[str],
    groups: int,
    name_width: int,
    alphabet: Alphabet,
) -> Iterator[Text]:
    """One op a line, in as many column groups as fit, read downwards."""
    rows = [
        Text(op.ljust(name_width)).append_text(_marks(marks, dtypes, alphabet))
        for op, marks in folded.items()
    ]
    height = max(-(-len(rows) // groups), 1)
    columns = [rows[at : at + height] for at in range(0, len(rows), height)]
    for row in (0, 1):
        heading = Text(" " * name_width).append_text(_heading(dtypes, row))
        yield _joined([heading for _ in columns])
    for at in range(height):
        yield _joined([column[at] for column in columns if at < len(column)])


def _joined(pieces: Sequence[Text]) -> Text:
    text = Text(" " * GAP).join(pieces)
    text.rstrip()
    return _unwrapped(text)


def _unwrapped(text: Text, more: str = "") -> Text:
    text.append(more)
    text.no_wrap, text.overflow = True, "ignore"
    return text


def _heading(dtypes: Sequence[str], row: int) -> Text:
    return Text("".join(_heading_of(d)[row].rjust(_width_of(d)) for d in dtypes), style="bold")


def _marks(marks: Marks, dtypes: Sequence[str], alphabet: Alphabet) -> Text:
    text = Text()
    for dtype in dtypes:
        mark = marks.get(dtype)
        sign = alphabet.sign(mark) if mark else ""
        text.append(sign.rjust(_width_of(dtype)), style=SIGNS[mark].style if mark else "")
    return text


def _heading_of(dtype: str) -> tuple[str, str]:
    return HEADINGS.get(dtype, (dtype[:3], dtype[3:6]))


def _width_of(dtype: str) -> int:
    return max(map(len, _heading_of(dtype))) + 1 if len(dtype) > 1 else 3


def _marks_width(dtypes: Sequence[str]) -> int:
    return sum(map(_width_of, dtypes))
