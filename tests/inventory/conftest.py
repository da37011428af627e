"""What the inventory's tests share: that every unknown has its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest


@pytest.fixture
def nones_without_reason() -> Callable[[Any], list[str]]:
    """The fields of a whole result that are None without a reason, or known with one."""
    return lambda result: list(_nones_without_reason(result))


def _nones_without_reason(value: Any, at: str = "") -> Iterator[str]:
    """The paths of fields that are None with no reason in their struct's `unknown`."""
    if isinstance(value, msgspec.Struct):
        unknown = getattr(value, "unknown", None)
        for field in value.__struct_fields__:
            inner = getattr(value, field)
            if inner is None and unknown is not None and not unknown.get(field):
                yield f"{at}.{field}"
            yield from _nones_without_reason(inner, f"{at}.{field}")
        for field in unknown or ():
            if getattr(value, field, None) is not None:
                yield f"{at}.{field} is known and has a reason"
    elif isinstance(value, (tuple, list)):
        for index, inner in enumerate(value):
            yield from _nones_without_reason(inner, f"{at}[{index}]")
