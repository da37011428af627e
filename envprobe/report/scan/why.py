"""Why cells are not supported: each reason once, with everything that it holds for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec
from rich.padding import Padding
from rich.text import Text

from envprobe.matrix.cell import Cell
from envprobe.report.scan.scope import scoped_ops
from envprobe.report.symbols import BY_STATUS, SIGNS, Alphabet
from envprobe.report.units import count
from envprobe.terms import DTYPES, Status

MOST_REASONS = 6  # reasons listed under one status
MOST_LETTERS = 160  # of one reason

# Gravest first. What the op does not allow is counted only: it is no fault of the machine.
ORDER = (
    Status.CRASHED,
    Status.WRONG_RESULT,
    Status.TIMED_OUT,
    Status.FAILED,
    Status.OUT_OF_MEMORY,
    Status.FELL_BACK,
    Status.NO_KERNEL,
    Status.UNIMPLEMENTED,
    Status.UNTESTED,
)

_DTYPE = re.compile(r"DT_[A-Z0-9_]+|\b(" + "|".join(map(re.escape, DTYPES)) + r")\b|\bhalf\b")
_VARYING = re.compile(r"\[[^\[\]]*\]|'[^']*'|-?\d[\d.,]*(e[-+]?\d+)?")


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One reason as one of its cells words it, and the cells that it holds for."""

    words: str
    cells: tuple[Cell, ...]


def why(cells: Sequence[Cell], alphabet: Alphabet) -> Iterator[Text | Padding]:
    """Status by status the reasons, each with its ops, as far as they fit a screen."""
    for status in ORDER:
        reasons = reasons_of(cells, status)
        if not reasons:
            continue
        yield _headline(status, reasons, alphabet)
        for reason in reasons[:MOST_REASONS]:
            yield _indented(Text(_capped(reason.words, alphabet), style="italic"), 2)
            for item in scoped_ops(reason.cells, cells):
                yield _indented(Text(alphabet.text(item)), 4)
        if left := reasons[MOST_REASONS:]:
            words = f"… and {count(len(left), 'more reason')} (see the file)"
            yield _indented(Text(alphabet.text(words)), 2)


def reasons_of(cells: Sequence[Cell], status: Status) -> list[Reason]:
    """The different reasons of a status, the most frequent first.

    Reasons that differ only in the op, the dtype, numbers or attributes count as one.
    """
    together: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.status is status:
            together[_pattern(cell)].append(cell)
    reasons = [
        Reason(words=those[0].reason or "no reason given", cells=tuple(those))
        for those in together.values()
    ]
    return sorted(reasons, key=lambda reason: -len(reason.cells))


def _pattern(cell: Cell) -> str:
    if cell.status is Status.NO_KERNEL:
        return ""  # the status says it all, however TensorFlow words it
    words = (cell.reason or "").replace(cell.op, "OP")
    return _VARYING.sub("N", _DTYPE.sub("DTYPE", words))


def _headline(status: Status, reasons: Sequence[Reason], alphabet: Alphabet) -> Text:
    mark = BY_STATUS[status]
    cells = sum(len(reason.cells) for reason in reasons)
    ops = len({cell.op for reason in reasons for cell in reason.cells})
    text = Text(f"{alphabet.sign(mark)} {status.value}", style=SIGNS[mark].style)
    return text.append(f": {count(cells, 'cell')} of {count(ops, 'op')}", style="default not bold")


def _capped(words: str, alphabet: Alphabet) -> str:
    words = " ".join(words.split())
    if len(words) > MOST_LETTERS:
        words = words[: MOST_LETTERS - 1] + "…"
    return alphabet.text(words)


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns))
