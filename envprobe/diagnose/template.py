"""Fills a rule's sentences with what was read in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping

PART = re.compile(r"\[([^\[\]]*\{\w+\}[^\[\]]*)\]")
FIELD = re.compile(r"\{(\w+)\}")
UNKNOWN = "?"
LONGEST_VALUE = 300

Value = str | int | float


def filled(template: str, fields: Mapping[str, Value]) -> str:
    """The sentence; a part in square brackets only where all of its fields are known."""
    kept = PART.sub(lambda part: part[1] if _known(part[1], fields) else "", template)
    return FIELD.sub(lambda field: _value(fields.get(field[1])), kept)


def _known(text: str, fields: Mapping[str, Value]) -> bool:
    return all(name in fields for name in FIELD.findall(text))


def _value(value: Value | None) -> str:
    text = UNKNOWN if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
