"""A Keras GRU layer."""

from __future__ import annotations

from typing import Any

from ..subject import Subject
from ._recurrent import recurrent


def build(cell: dict[str, Any]) -> Subject:
    """All states of the sequence; the gradient is that of the input."""
    return recurrent(cell, "GRU")
