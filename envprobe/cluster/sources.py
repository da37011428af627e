"""Which files a merge reads: those that were named, and those in the folders that were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from envprobe.matrix.location import SUFFIX


def files_of(paths: Iterable[Path]) -> tuple[list[str], list[str]]:
    """The files, each once and in a stable order, and a line for each path that gives none."""
    files: dict[str, None] = {}
    faults = []
    for path in paths:
        found = list(_files(path))
        if not found:
            faults.append(f"{path} holds no {SUFFIX} files: expected matrix or cluster files")
        files.update(dict.fromkeys(found))
    return list(files), faults


def _files(path: Path) -> Iterator[str]:
    if not path.is_dir():
        yield str(path)
        return
    # Hidden files are others' business: temporary files of a copy, or of a scan that is saving.
    inside = (file for file in path.rglob(f"*{SUFFIX}") if not file.name.startswith("."))
    yield from sorted(str(file) for file in inside if file.is_file())
