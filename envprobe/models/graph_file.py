"""Graphs on disk: their size, and the nodes that would read, write or call back into Python."""

from __future__ import annotations

from pathlib import Path

from envprobe.errors import FileFormatError

MOST_BYTES = 2 * 1024**3 - 1  # protocol buffers hold no more


def require_readable_graph(path: Path) -> None:
    """Raise FileFormatError for a file that no GraphDef can be. Importing one runs nothing."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileFormatError(f"cannot read {path}: {error.strerror}") from error
    if size > MOST_BYTES:
        raise FileFormatError(f"{path} has {size} bytes: a graph has at most {MOST_BYTES}")
    if size == 0:
        raise FileFormatError(f"{path} is empty: expected a graph")
