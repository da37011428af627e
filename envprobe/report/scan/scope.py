"""Many cells in few words: which ops, in which dtypes, variants, directions and modes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from envprobe.matrix.cell import Cell
from envprobe.report.units import count
from envprobe.terms import DTYPES

MOST_OPS = 12  # listed on one line
MOST_SCOPES = 8  # lines


def scoped_ops(cells: Sequence[Cell], asked_cells: Sequence[Cell]) -> Iterator[str]:
    """`float16 bfloat16 (gradient): Betainc, Cholesky`: a line for ops with the same scope.

    A scope names variants, directions and modes only where `cells` are not all of those that
    were asked.
    """
    by_op, asked = _by_op(cells), _by_op(asked_cells)
    by_scope: dict[str, list[str]] = defaultdict(list)
    for op in sorted(by_op, key=str.lower):
        by_scope[_scope(by_op[op], asked[op])].append(op)
    scopes = sorted(by_scope.items(), key=lambda item: -len(item[1]))
    for scope, ops in scopes[:MOST_SCOPES]:
        yield f"{scope}: {', '.join(ops[:MOST_OPS])}" + _more(ops[MOST_OPS:])
    if left := [op for _, ops in scopes[MOST_SCOPES:] for op in ops]:
        yield _more(left).removeprefix(", ")


def _more(left: Sequence[str]) -> str:
    return f", … and {count(len(left), 'more op')} (see the file)" if left else ""


def _by_op(cells: Sequence[Cell]) -> dict[str, list[Cell]]:
    grouped: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.op].append(cell)
    return grouped


def _scope(cells: Sequence[Cell], asked: Sequence[Cell]) -> str:
    """The dtypes; variant, direction and mode only where not all that was asked is meant."""
    dtypes = {cell.dtype for cell in cells}
    order = [*(d for d in DTYPES if d in dtypes), *sorted(dtypes - set(DTYPES))]
    asked = [cell for cell in asked if cell.dtype in dtypes]
    narrower = []
    for field in ("variant", "direction", "mode"):
        here = {getattr(cell, field) for cell in cells}
        if here != {getattr(cell, field) for cell in asked}:
            narrower.append(_few(sorted(here)))
    return " ".join(order) + (f" ({', '.join(narrower)})" if narrower else "")


def _few(names: Sequence[str]) -> str:
    return " ".join(names) if len(names) <= 3 else f"{len(names)} variants"
