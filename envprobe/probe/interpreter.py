"""Which Python a worker is started with."""

from __future__ import annotations

import shutil
import sys

from envprobe.errors import UsageError


def interpreter(python: str | None) -> str:
    """The path of the interpreter that was named, by default this one.

    Raises UsageError where it cannot be run.
    """
    found = shutil.which(python) if python else sys.executable
    if found is None:
        raise UsageError(f"{python} is not a Python interpreter that can be run: name its path")
    return found
