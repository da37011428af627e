"""Strings in plain Python."""

from __future__ import annotations

import base64
import re
from typing import Any, Callable

import numpy as np

Inputs = dict[str, Any]
Attrs = dict[str, Any]

# FarmHash's Fingerprint64 modulo 3, from the example in the op's documentation.
HASHES = {b"Hello": 0, b"TensorFlow": 2, b"2.x": 2}


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _mapped(array: Any, function: Callable[[bytes], Any]) -> Any:
    values = [function(_bytes(value)) for value in np.asarray(array).reshape(-1)]
    exact = object if isinstance(values[0], bytes) else None
    return np.array(values, dtype=exact).reshape(np.shape(array))


def _each(function: Callable[[bytes], Any], name: str = "input") -> Any:
    return lambda inputs, attrs: [_mapped(inputs[name], function)]


def _join(inputs: Inputs, attrs: Attrs) -> list[Any]:
    joined = attrs["separator"].encode()
    rows = zip(*(part.reshape(-1) for part in inputs["inputs"]))
    return [np.array([joined.join(map(_bytes, row)) for row in rows], dtype=object)]


def _reduce_join(inputs: Inputs, attrs: Attrs) -> list[Any]:
    joined = attrs["separator"].encode()
    rows = [joined.join(map(_bytes, row)) for row in inputs["inputs"]]
    return [np.array(rows, dtype=object)]


def _segment_join(inputs: Inputs, attrs: Attrs) -> list[Any]:
    parts: list[list[bytes]] = [[] for _ in range(int(inputs["num_segments"]))]
    for value, segment in zip(inputs["inputs"], inputs["segment_ids"]):
        parts[segment].append(_bytes(value))
    return [np.array([attrs["separator"].encode().join(part) for part in parts], dtype=object)]


def _split(inputs: Inputs, attrs: Attrs) -> list[Any]:
    separator = _bytes(inputs["sep"].item())
    rows = [_bytes(value).split(separator) for value in inputs["input"]]
    where = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    values = np.array([part for row in rows for part in row], dtype=object)
    return [np.array(where), values, np.array([len(rows), max(map(len, rows))])]


def _substr(inputs: Inputs, attrs: Attrs) -> list[Any]:
    begin, length = int(inputs["pos"]), int(inputs["len"])
    return [_mapped(inputs["input"], lambda value: value[begin : begin + length])]


def _replace(inputs: Inputs, attrs: Attrs) -> list[Any]:
    pattern = _bytes(inputs["pattern"].item() if "pattern" in inputs else attrs["pattern"])
    rewrite = _bytes(inputs["rewrite"].item() if "rewrite" in inputs else attrs["rewrite"])
    return [_mapped(inputs["input"], lambda value: re.sub(pattern, rewrite, value))]


def _full_match(inputs: Inputs, attrs: Attrs) -> list[Any]:
    pattern = re.compile(_bytes(inputs["pattern"].item()))
    return [_mapped(inputs["input"], lambda value: pattern.fullmatch(value) is not None)]


def _decode_raw(inputs: Inputs, attrs: Attrs) -> list[Any]:
    import tensorflow as tf

    dtype = tf.dtypes.as_dtype(attrs["out_type"]).as_numpy_dtype
    return [np.stack([np.frombuffer(_bytes(value), dtype) for value in inputs["bytes"]])]


def _decode_unicode(inputs: Inputs, attrs: Attrs) -> list[Any]:
    texts = [_bytes(value).decode() for value in inputs["input"]]
    splits = np.cumsum([0] + [len(text) for text in texts])
    return [splits, np.array([ord(letter) for text in texts for letter in text])]


def _as_string(inputs: Inputs, attrs: Attrs) -> list[Any]:
    def spelt(value: Any) -> bytes:
        if isinstance(value, (bool, np.bool_)):
            return b"true" if value else b"false"
        if isinstance(value, bytes):
            return value
        if isinstance(value, (complex, np.complexfloating)):
            return b"(%f,%f)" % (value.real, value.imag)
        return b"%d" % value if isinstance(value, (int, np.integer)) else b"%f" % value

    return [np.array([spelt(value) for value in inputs["input"]], dtype=object)]


def _to_number(inputs: Inputs, attrs: Attrs) -> list[Any]:
    return [np.array([float(_bytes(value)) for value in inputs["string_tensor"]])]


REFERENCES: dict[str, Callable[[Inputs, Attrs], list[Any]]] = {
    "AsString": _as_string,
    "DecodeBase64": _each(lambda value: base64.urlsafe_b64decode(value + b"=" * (-len(value) % 4))),
    "DecodeRaw": _decode_raw,
    "EncodeBase64": _each(lambda value: base64.urlsafe_b64encode(value).rstrip(b"=")),
    "ReduceJoin": _reduce_join,
    "RegexFullMatch": _full_match,
    "RegexReplace": _replace,
    "StaticRegexReplace": _replace,
    "StringJoin": _join,
    "StringLength": _each(len),
    "StringLower": _each(bytes.lower),
    "StringSplitV2": _split,
    "StringStrip": _each(bytes.strip),
    "StringToHashBucketFast": _each(lambda value: HASHES.get(value, -1)),
    "StringToNumber": _to_number,
    "StringUpper": _each(bytes.upper),
    "Substr": _substr,
    "UnicodeDecode": _decode_unicode,
    "UnicodeTranscode": _each(lambda value: value.decode().encode("utf-16-be")),
    "UnsortedSegmentJoin": _segment_join,
}
