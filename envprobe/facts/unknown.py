"""The answer of a table that does not know."""

from __future__ import annotations

import msgspec


class Unknown(msgspec.Struct, frozen=True):
    """Why a question has no answer here; `reason` completes the sentence "unknown, because …"."""

    reason: str
