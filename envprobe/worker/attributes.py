"""Attribute values of TensorFlow's definitions and nodes as plain JSON values."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def dtype_name(number: int) -> str:
    """`float16` for DT_HALF, and so on; a reference to one is `ref(float16)`."""
    from tensorflow.core.framework import types_pb2
    from tensorflow.python.framework import dtypes

    try:
        name = str(dtypes.as_dtype(number).name)
    except TypeError:  # an enum value that this release's Python does not know
        return str(types_pb2.DataType.Name(number)).lower()
    return f"ref({name[:-4]})" if name.endswith("_ref") else name


def plain_value(value: Any) -> Any:
    """The value of an AttrValue: names of dtypes, text, numbers, truth values, lists of these."""
    kind = value.WhichOneof("value")
    if kind == "list":
        return _plain_list(value.list)
    return _plain(kind, getattr(value, kind)) if kind else None


def _plain_list(values: Any) -> list[Any]:
    for field, found in values.ListFields():
        return [_plain(field.name, item) for item in found]
    return []


def _plain(kind: str, value: Any) -> Any:
    if kind == "type":
        return dtype_name(value)
    if kind == "s":
        return value.decode("utf-8", "backslashreplace")
    if kind == "f":
        return float(f"{value:.7g}")  # a float32: its digits beyond are those of its binary form
    if kind in ("i", "b"):
        return value
    return " ".join(str(value).split())  # shapes, tensors, functions: as protobuf writes them
