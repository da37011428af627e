"""Matrix files: written so that git shows one line a changed cell, read with clear refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from envprobe.errors import FileFormatError, require_known_format
from envprobe.matrix.atomic import write_atomically
from envprobe.matrix.cell import CellKey
from envprobe.matrix.matrix import FORMAT_VERSION, Matrix

_ROWS = ("devices", "findings", "cells")  # one line an element
_LINES = ("registrations",)  # long, and nobody's reading


class _Head(msgspec.Struct, frozen=True):
    kind: Any = None
    format_version: Any = None


def write_matrix(path: Path, matrix: Matrix) -> None:
    """Save the matrix, whole or not at all; raises `UsageError` when that cannot be done."""
    data = encode_matrix(matrix)
    # A NaN becomes null; where the format wants a number, nobody could read the file again.
    msgspec.json.decode(data, type=Matrix)
    write_atomically(path, data)


def read_matrix(path: Path) -> Matrix:
    """The matrix in the file; raises `FileFormatError` that says in one line what is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error
    _check_head(path, data)
    try:
        matrix = msgspec.json.decode(data, type=Matrix)
    except (msgspec.ValidationError, RecursionError) as error:
        raise FileFormatError(f"{path} is not a valid matrix file: {error}") from error
    _check_unique(path, matrix)
    return matrix


def encode_matrix(matrix: Matrix) -> bytes:
    """The file's bytes: JSON, keys in the struct's order, one cell a line, no NaN, newline last."""
    fields = msgspec.structs.asdict(matrix)
    members = [
        b'  "%s": %s' % (name.encode(), _member(name, value)) for name, value in fields.items()
    ]
    return b"{\n" + b",\n".join(members) + b"\n}\n"


def _member(name: str, value: Any) -> bytes:
    if name in _ROWS:
        return _rows(value)
    return msgspec.json.encode(value) if name in _LINES else _indented(value)


def _rows(values: tuple[Any, ...]) -> bytes:
    if not values:
        return b"[]"
    return b"[\n    " + b",\n    ".join(map(msgspec.json.encode, values)) + b"\n  ]"


def _indented(value: Any) -> bytes:
    # JSON strings hold no raw newlines, so every newline is one of the layout.
    return msgspec.json.format(msgspec.json.encode(value), indent=2).replace(b"\n", b"\n  ")


def _check_head(path: Path, data: bytes) -> None:
    if not data.strip():
        raise FileFormatError(f"{path} is empty: expected a matrix file; scan again")
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.ValidationError:
        raise FileFormatError(f"{path} is JSON, but not a matrix file") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileFormatError(_not_json(path, data, error)) from error
    if head.kind != "matrix":
        seen = f"a file of kind {head.kind!r}" if head.kind is not None else "of no kind"
        raise FileFormatError(f"{path} is {seen}: expected a matrix file (from `envprobe scan`)")
    require_known_format(path, head.format_version, FORMAT_VERSION)


def _not_json(path: Path, data: bytes, error: Exception) -> str:
    text = data.strip()
    cut = "truncated" in str(error) or (text[-1:] != b"}" and "trailing" not in str(error))
    if text[:1] == b"{" and cut:
        return f"{path} is cut short after {len(data)} bytes: copy it again, or scan again"
    return f"{path} is not JSON ({error}): expected a matrix file"


def _check_unique(path: Path, matrix: Matrix) -> None:
    seen: set[CellKey] = set()
    for cell in matrix.cells:
        if cell.key in seen:
            raise FileFormatError(f"{path} holds two cells for {' '.join(cell.key)}")
        seen.add(cell.key)
