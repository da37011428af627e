"""Every None of the inventory has a reason beside it; this is where the reasons are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


def reasons_for(
    values: Mapping[str, Any], reasons: Mapping[str, str], otherwise: str
) -> dict[str, str]:
    """Field name -> why it is None, for every None in `values`."""
    return {name: reasons.get(name, otherwise) for name, v in values.items() if v is None}


def all_unknown(kind: type[S], reason: str) -> S:
    """A struct of `kind` that knows nothing, with the same reason for every nullable field."""
    missing = {f.name: reason for f in msgspec.structs.fields(kind) if f.default is None}
    return kind(unknown=missing)
