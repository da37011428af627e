"""Where matrices are kept when nobody says where."""

from __future__ import annotations

from pathlib import Path

import platformdirs

SUFFIX = ".json"


def matrices_folder() -> Path:
    """The user's folder of matrices (`~/.local/share/envprobe/matrices` on Linux)."""
    return platformdirs.user_data_path("envprobe") / "matrices"


def latest_matrix(folder: Path) -> Path | None:
    """The matrix file that was written last; None where there is none or no such folder."""
    files = [(written, file) for file in folder.glob(f"*{SUFFIX}") if (written := _written(file))]
    return max(files)[1] if files else None


def _written(file: Path) -> float | None:
    """When, in seconds; None for a file that is no longer there, or a link to one."""
    try:
        return file.stat().st_mtime
    except OSError:
        return None
