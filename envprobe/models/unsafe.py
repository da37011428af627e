"""The error for a model file that could harm whoever loads it."""

from __future__ import annotations

from envprobe.errors import FileFormatError

ADVICE = "--trust loads it all the same: only for files whose origin you know"


class UnsafeModelError(FileFormatError):
    """Loading the file could run code, read other files or fill the disk; it was not loaded."""


def refuse_code(path: object, what: str) -> UnsafeModelError:
    """The error for a file that brings code with it, which `--trust` permits."""
    return UnsafeModelError(f"{path} is not loaded: {what}; {ADVICE}")
