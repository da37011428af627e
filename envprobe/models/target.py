"""What the MODEL argument is: a file by what it holds, a folder, or a Python function."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import msgspec

from envprobe.errors import FileFormatError, UsageError

Kind = Literal[
    "keras", "hdf5", "saved_model", "graph_def", "oplist", "oplist_text", "python_file",
    "python_module",
]  # fmt: skip
ACCEPTED = (
    "a .keras or .h5 file, a SavedModel folder, a frozen .pb graph, an op list (.json, .txt), "
    "file.py:function or module:function"
)
_ZIP, _HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_HEAD_BYTES = 4096


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was named; `function` is that of a Python target or a SavedModel's signature."""

    kind: Kind
    path: str
    function: str | None = None

    @property
    def is_python(self) -> bool:
        """Whether it is the user's own code."""
        return self.kind in {"python_file", "python_module"}


def target_of(text: str) -> Target:
    """What the text names; raises UsageError or FileFormatError, which say what would be read."""
    path = Path(text)
    if path.exists():
        return _of_existing(path)
    head, colon, function = text.rpartition(":")
    if colon and (head.endswith(".py") or Path(head).exists()):
        return _of_function(head, function)
    if colon and _MODULE.fullmatch(head):
        return Target(kind="python_module", path=head, function=_function(function, text))
    looks_like_module = bool(_MODULE.fullmatch(text)) and not path.suffix
    more = f"; for a Python module name its function: {text}:build" if looks_like_module else ""
    raise UsageError(f"{text} does not exist: expected {ACCEPTED}{more}")


def _of_function(head: str, function: str) -> Target:
    path = Path(head)
    if not path.exists():
        raise UsageError(f"{head} does not exist: expected {ACCEPTED}")
    if path.is_dir():
        found = _of_existing(path)
        return msgspec.structs.replace(found, function=function)
    if path.suffix != ".py":
        raise UsageError(f"{head} is no Python file, and only those have functions to name")
    return Target(kind="python_file", path=head, function=_function(function, head))


def _function(name: str, text: str) -> str:
    if not _FUNCTION.fullmatch(name):
        raise UsageError(f"{text}: {name!r} is no name of a function: write {text}:build")
    return name


def _of_existing(path: Path) -> Target:
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise UsageError(f"{path} is neither a file nor a folder: expected {ACCEPTED}")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error
    return Target(kind=_kind(path, head), path=str(path))


def _of_folder(path: Path) -> Target:
    if (path / "saved_model.pb").is_file():
        return Target(kind="saved_model", path=str(path))
    if (path / "config.json").is_file() and (path / "model.weights.h5").is_file():
        raise FileFormatError(f"{path} is an unpacked .keras file: give the .keras file itself")
    told = "is empty" if not any(path.iterdir()) else "has no saved_model.pb"
    raise FileFormatError(f"the folder {path} {told}: expected a SavedModel, or {ACCEPTED}")


def _kind(path: Path, head: bytes) -> Kind:
    """What the file is by its first bytes; its extension decides only where they cannot."""
    suffix = path.suffix.lower()
    if not head:
        raise FileFormatError(f"{path} is empty: expected {ACCEPTED}")
    if head.startswith(_ZIP):
        return "keras"
    if head.startswith(_HDF5):
        return "hdf5"
    if suffix in {".keras", ".h5", ".hdf5"}:
        wanted = "zip archive" if suffix == ".keras" else "HDF5 file"
        raise FileFormatError(f"{path} is no {wanted} (it begins with {head[:8]!r}): save it again")
    if suffix == ".py":
        raise UsageError(f"{path} is Python: name the function that makes the model: {path}:build")
    if head.lstrip()[:1] == b"{" or suffix == ".json":
        return "oplist"
    if suffix == ".pb":
        if path.name == "saved_model.pb":
            raise UsageError(f"{path} is part of a SavedModel: give its folder, {path.parent}")
        return "graph_def"
    return _undecided(path, head, suffix)


def _undecided(path: Path, head: bytes, suffix: str) -> Kind:
    if suffix in {".pkl", ".pickle", ".joblib"} or _PICKLE.match(head):
        raise FileFormatError(
            f"{path} is a pickle, which runs code when it is read: save the model as .keras"
        )
    if suffix == ".txt" or (b"\0" not in head and suffix in {"", ".oplist"}):
        return "oplist_text"
    raise FileFormatError(f"{path} is of no kind that is read here: expected {ACCEPTED}")
