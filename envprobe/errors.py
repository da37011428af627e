"""Errors that a caller can act on. The library raises them; only `cli` prints them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EnvprobeError(Exception):
    """Something the user can mend: one line that says what was seen, expected, and to be done."""

    exit_code = 2


class UsageError(EnvprobeError):
    """A request that cannot be carried out as it was written."""


class FileFormatError(EnvprobeError):
    """A file that is truncated, of another kind, or written by a newer envprobe."""


class NothingProbedError(EnvprobeError):
    """No question could be answered at all (exit code 3: the verdict is unknown)."""

    exit_code = 3


def unknown_name(kind: str, seen: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist, with the nearest names that do."""
    known = sorted(known)
    folded = {name.lower(): name for name in known}
    near = [folded[n] for n in difflib.get_close_matches(seen.lower(), folded, n=3, cutoff=0.5)]
    offer = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known[:12])}"
    return UsageError(f"unknown {kind} {seen!r}: {offer}")


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a scan; the text says what was kept and how to go on."""


def require_known_format(file: object, version: object, newest: int) -> None:
    """Raise FileFormatError for a `format_version` that is none, or newer than this envprobe."""
    if type(version) is not int or version < 1:
        raise FileFormatError(f"{file} has no valid format_version: {version!r}")
    if version > newest:
        raise FileFormatError(
            f"{file} is of format {version}, and this envprobe reads up to {newest}:"
            " a newer envprobe is needed (pip install --upgrade envprobe)"
        )
