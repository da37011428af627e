"""What an op takes and gives: TensorFlow's OpDef."""

from __future__ import annotations

from typing import Any

import msgspec

INDEX_DTYPES = {"int16", "int32", "int64"}


class Argument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input or output: of a fixed `dtype`, or of the one that an attribute names.

    `type_attr` is the attribute with its dtype, `type_list_attr` the one with the dtypes of a
    mixed list, `number_attr` the one with the length of a list of equal dtypes.
    """

    name: str
    dtype: str | None = None
    type_attr: str | None = None
    type_list_attr: str | None = None
    number_attr: str | None = None


class Attribute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attribute: its `type` as TensorFlow writes it (`type`, `list(int)`, …).

    `allowed` are the dtypes or strings that it may have, None if any; `default` is None where it
    has to be given.
    """

    type: str
    allowed: tuple[str, ...] | None = None
    default: Any = None
    minimum: int | None = None


class OpDefinition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An op's inputs, outputs and attributes; `deprecated` says since when and why."""

    inputs: tuple[Argument, ...] = ()
    outputs: tuple[Argument, ...] = ()
    attrs: dict[str, Attribute] = {}
    stateful: bool = False
    deprecated: str | None = None

    @property
    def type_attrs(self) -> tuple[str, ...]:
        """The names of the attributes that are one dtype each, in the definition's order."""
        return tuple(name for name, attr in self.attrs.items() if attr.type == "type")

    @property
    def dtype_attr(self) -> str | None:
        """The attribute that an op's dtype means: its first type that is no index's; or None."""
        return next((name for name in self.type_attrs if not _is_index(self.attrs[name])), None)

    def allows(self, attr: str, value: str) -> bool:
        """Whether the attribute may have the value."""
        allowed = self.attrs[attr].allowed
        return allowed is None or value in allowed


def _is_index(attr: Attribute) -> bool:
    """Of axes, sizes and splits: `Tidx` of Sum, which nobody chooses and few can change."""
    return attr.default is not None and set(attr.allowed or ("any",)) <= INDEX_DTYPES
