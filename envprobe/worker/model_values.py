"""Which nodes of a step the batch's values do not suit: labels, indices, assertions, NaN."""

from __future__ import annotations

from typing import Any

Answer = dict[str, Any]


def value_problems(tf: Any, concrete: Any, question: Answer, data: Any) -> list[Answer]:
    """The problems that the ranges of the batch make certain or possible."""
    return []
