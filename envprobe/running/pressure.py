"""Counters that tell after a run whether memory ran out during it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from envprobe.inventory.reading import read_text
from envprobe.probe.oom_kills import oom_kills

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - looked at only


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Kills for want of memory: in this process's control group, and on the whole machine."""

    group_kills: int | None = None
    machine_kills: int | None = None


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A file system in memory."""

    free_bytes: int
    total_bytes: int


def counters(root: Path = Path("/")) -> Counters:
    """Both as they stand now; None where the kernel does not tell."""
    found = re.search(r"^oom_kill (\d+)$", read_text(root, "proc/vmstat") or "", re.MULTILINE)
    return Counters(group_kills=oom_kills(root), machine_kills=int(found[1]) if found else None)


def shared_memory(path: str = SHARED_MEMORY) -> Room | None:
    """What is left of /dev/shm; None where there is none."""
    try:
        told = os.statvfs(path)
    except (OSError, AttributeError):
        return None
    return Room(free_bytes=told.f_bavail * told.f_frsize, total_bytes=told.f_blocks * told.f_frsize)
