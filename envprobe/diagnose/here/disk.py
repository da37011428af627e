"""How full the disk is now on which a run wrote."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from envprobe.diagnose.result import DiagnosisFinding, Here
from envprobe.diagnose.rules._sizes import amount
from envprobe.inventory.guard import answer_within

DISK_SECONDS = 0.4  # a network's file system may not answer at all
FULL_SHARE = 0.01
FULL_BYTES = 100 * 2**20


def disk_here(finding: DiagnosisFinding) -> Here:
    """Of the path that the log names where it is here, else of the working and temporary folder."""
    answer = answer_within(DISK_SECONDS, lambda: _states(_places(finding)), "the disk")
    states = answer.value
    if not states:
        return Here(answer="unknown", told=answer.reason or "no folder of it is here")
    told = "; ".join(state for state, _ in states)
    full = any(is_full for _, is_full in states)
    return Here(answer="confirmed" if full else "unknown", told=told if full else f"now {told}")


def _places(finding: DiagnosisFinding) -> list[Path]:
    for name in ("path", "file", "folder"):
        told = Path(str(finding.fields.get(name, "")).strip("'\""))
        if told.is_absolute() and (there := _nearest(told)):
            return [there]
    return [Path.cwd(), Path(tempfile.gettempdir())]


def _nearest(path: Path) -> Path | None:
    """The file or its folder; a root that every machine has says nothing."""
    return next((one for one in (path, path.parent) if one != Path("/") and one.exists()), None)


def _states(places: Iterable[Path]) -> list[tuple[str, bool]]:
    """One sentence for each file system, with whether it is full."""
    found: dict[int, tuple[str, bool]] = {}
    for place in places:
        usage, files = shutil.disk_usage(place), _files_left(place)
        if usage.total:  # /proc and the like are on no disk
            of_files = ", and no file can be added" if files == 0 else ""
            told = f"{amount(usage.free)} of {amount(usage.total)} are free in {place}{of_files}"
            full = is_full(usage.total, usage.free, files)
            found.setdefault(place.stat().st_dev, (told, full))
    return list(found.values())


def is_full(total_bytes: int, free_bytes: int, files_left: int | None) -> bool:
    """Whether a run could write next to nothing there."""
    return files_left == 0 or free_bytes < min(FULL_BYTES, total_bytes * FULL_SHARE)


def _files_left(place: Path) -> int | None:
    """How many files the file system still takes; None where it does not count them."""
    if not hasattr(os, "statvfs"):
        return None
    told = os.statvfs(place)
    return told.f_favail if told.f_files else None
