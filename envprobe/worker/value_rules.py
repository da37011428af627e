"""The rule of each op whose bounds can be told without computing it."""

from __future__ import annotations

from . import value_arithmetic, value_moves, value_sums

RULES = {**value_moves.rules(), **value_arithmetic.rules(), **value_sums.rules()}
