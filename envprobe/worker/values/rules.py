"""The rule of each op whose bounds can be told without computing it."""

from __future__ import annotations

from . import arithmetic as value_arithmetic
from . import moves as value_moves
from . import sums as value_sums

RULES = {**value_moves.rules(), **value_arithmetic.rules(), **value_sums.rules()}
