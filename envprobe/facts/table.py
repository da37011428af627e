"""The rows of one table: `kernels_matrix/facts/*.csv`."""

from __future__ import annotations

import csv
from importlib import resources

_YES_OR_NO = {"yes": True, "no": False, "": None}


def rows(name: str) -> list[dict[str, str]]:
    """All rows as column -> text, in the order of the file; an empty text is a hole."""
    text = (resources.files("kernels_matrix") / "facts" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def yes_or_no(cell: str) -> bool | None:
    """True, False, or None for a hole."""
    return _YES_OR_NO[cell]


def words(cell: str) -> tuple[str, ...]:
    """The values of a cell that holds several, divided by spaces."""
    return tuple(cell.split())


def sources(cell: str) -> tuple[str, ...]:
    """The sources of a row, each on its own."""
    return tuple(cell.split(" ; "))


def reasons(cell: str) -> dict[str, str]:
    """Column -> why it is empty, from a cell `a, b: reason; c: other reason`."""
    parts = [part.partition(": ") for part in cell.split("; ") if ": " in part]
    return {column: reason for names, _, reason in parts for column in names.split(", ")}
