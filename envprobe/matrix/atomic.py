"""A file that is either the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from envprobe.errors import UsageError


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path` by way of a synced temporary file beside it.

    Missing folders are made. Raises `UsageError` when it cannot be written; the old file, if
    any, is then untouched and nothing is left behind.
    """
    try:
        target = path.resolve()  # a link stays a link
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)
        _sync_folder(target.parent)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        told = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot write {path}: {told}: choose another place") from error


def _replace(target: Path, data: bytes) -> None:
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; not every file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
