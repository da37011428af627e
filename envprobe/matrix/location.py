"""Where matrices are kept when nobody says where."""

from __future__ import annotations

import glob
from pathlib import Path

import platformdirs

SUFFIX = ".json"


def matrices_folder() -> Path:
    """The user's folder of matrices (`~/.local/share/envprobe/matrices` on Linux)."""
    return platformdirs.user_data_path("envprobe") / "matrices"


def latest_matrix(folder: Path) -> Path | None:
    """The matrix file that was written last; None where there is none or no such folder."""
    return next(iter(_newest_first(folder, f"*{SUFFIX}")), None)


def matrices_of(host: str, folder: Path) -> list[Path]:
    """The files that are named as this host's matrices, the one written last first.

    Homes are shared: thousands of machines may keep theirs in one folder.
    """
    return _newest_first(folder, f"{glob.escape(host)}-*{SUFFIX}")


def _newest_first(folder: Path, pattern: str) -> list[Path]:
    files = [(written, file) for file in folder.glob(pattern) if (written := _written(file))]
    return [file for _, file in sorted(files, reverse=True)]


def _written(file: Path) -> float | None:
    """When, in seconds; None for a file that is no longer there, or a link to one."""
    try:
        return file.stat().st_mtime
    except OSError:
        return None
