"""Where a scan keeps its matrix and its journal."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from envprobe.errors import EnvprobeError, UsageError
from envprobe.matrix.location import matrices_folder
from envprobe.matrix.matrix import Matrix
from envprobe.matrix.store import write_matrix


def journal_path(output: Path | None) -> Path:
    """Beside the output; without one, in the user's folder."""
    return Path(f"{output}.journal") if output else matrices_folder() / "scan.journal"


def require_writable(output: Path | None) -> None:
    """Raise UsageError now rather than after a minute of measuring."""
    folder = (output.parent if output else matrices_folder()).absolute()
    try:
        if output is None:
            folder.mkdir(parents=True, exist_ok=True)
        elif output.is_dir():
            raise UsageError(f"{output} is a folder: name a file, as in --output {output}/m.json")
        elif not folder.is_dir():
            raise UsageError(f"the folder {folder} does not exist: make it, or choose another")
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(f"cannot write in {folder}: {why}; choose another --output") from error


def save(matrix: Matrix, output: Path | None, started: datetime) -> tuple[Path, tuple[str, ...]]:
    """Save the matrix; returns where, and what to tell when it had to go elsewhere.

    When the place has become unwritable meanwhile, the folder for temporary files is tried, so
    that nothing measured is lost. Raises UsageError when that fails too.
    """
    name = f"{matrix.scan.host}-{matrix.environment_digest}-{started:%Y%m%d-%H%M%S}.json"
    path = output or matrices_folder() / name
    try:
        write_matrix(path, matrix)
    except EnvprobeError as error:
        refuge = Path(tempfile.gettempdir()) / f"envprobe-{name}"
        write_matrix(refuge, matrix)
        return refuge, (f"{error}; the matrix was saved as {refuge} instead",)
    return path, ()
