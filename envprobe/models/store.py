"""Op list files: one requirement a line, read with clear refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from envprobe.errors import FileFormatError, require_known_format
from envprobe.models.oplist import FORMAT_VERSION, OpList
from envprobe.models.text import read_text


class _Head(msgspec.Struct, frozen=True):
    kind: Any = None
    format_version: Any = None


def read_oplist(path: Path) -> OpList:
    """The op list in a `.json` or `.txt` file; raises FileFormatError, one line, what is wrong."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error
    if path.suffix.lower() != ".json" and data.lstrip()[:1] != b"{":
        return read_text(path)
    return decode_oplist(data, str(path))


def decode_oplist(data: bytes, name: str) -> OpList:
    """The op list in the bytes of a file of that name."""
    if not data.strip():
        raise FileFormatError(f"{name} is empty: expected an op list (from `envprobe oplist`)")
    try:
        head = msgspec.json.decode(data, type=_Head)
    except msgspec.ValidationError:
        raise FileFormatError(f"{name} is JSON, but not an op list") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cut = data.strip()[:1] == b"{" and "truncated" in str(error)
        told = f"is cut short after {len(data)} bytes" if cut else f"is not JSON ({error})"
        raise FileFormatError(f"{name} {told}: expected an op list; copy it again") from error
    _check_head(head, name)
    try:
        return msgspec.json.decode(data, type=OpList)
    except (msgspec.ValidationError, RecursionError) as error:
        raise FileFormatError(f"{name} is not a valid op list: {error}") from error


def encode_oplist(oplist: OpList) -> bytes:
    """The file's bytes: keys in the struct's order, one requirement a line, sorted, newline last.

    The same model gives the same bytes.
    """
    rows = sorted(map(msgspec.json.encode, oplist.requirements))
    fields = msgspec.structs.asdict(oplist)
    members = [
        b'  "%s": %s' % (name.encode(), _rows(rows) if name == "requirements" else _plain(value))
        for name, value in fields.items()
    ]
    return b"{\n" + b",\n".join(members) + b"\n}\n"


def _rows(rows: list[bytes]) -> bytes:
    return b"[\n    " + b",\n    ".join(rows) + b"\n  ]" if rows else b"[]"


def _plain(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _check_head(head: _Head, name: str) -> None:
    if head.kind != "oplist":
        seen = f"a file of kind {head.kind!r}" if head.kind is not None else "of no kind"
        raise FileFormatError(f"{name} is {seen}: expected an op list (from `envprobe oplist`)")
    require_known_format(name, head.format_version, FORMAT_VERSION)
