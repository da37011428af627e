"""Fills a rule's sentences with what was read in the log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

FIELD = re.compile(r"\{(\w+)\}")
UNKNOWN = "(not told)"
LONGEST_VALUE = 300

Value = str | int | float


def filled(template: str, fields: Mapping[str, Value]) -> str:
    """The sentence; a part in square brackets with fields only where all of them are known."""
    kept = (_kept(part, fields) for part in _parts(template))
    return FIELD.sub(lambda field: _value(fields.get(field[1])), "".join(kept))


def _kept(part: str, fields: Mapping[str, Value]) -> str:
    names = FIELD.findall(part)
    if not names or part[0] != "[" or part[-1] != "]":
        return part
    return part[1:-1] if all(name in fields for name in names) else ""


def _parts(template: str) -> Iterator[str]:
    """The text in front of, in and behind brackets; one without its counterpart is text."""
    start = place = 0
    while place < len(template):
        end = _closing(template, place) if template[place] == "[" else None
        if end is None:
            place += 1
            continue
        if start < place:
            yield template[start:place]
        yield template[place:end]
        start = place = end
    if start < len(template):
        yield template[start:]


def _closing(template: str, place: int) -> int | None:
    """Where the bracket that opens there has been closed."""
    depth = 0
    for end in range(place, len(template)):
        depth += (template[end] == "[") - (template[end] == "]")
        if depth == 0:
            return end + 1
    return None


def _value(value: Value | None) -> str:
    text = UNKNOWN if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
