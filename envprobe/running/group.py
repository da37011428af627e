"""The control group that limits the run's memory: its limit, and what it holds now."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from envprobe.inventory.cgroup import ask_cgroup, parse_cgroup
from envprobe.inventory.reading import read_text

# Name of the file with what is held, and of the key for file caches that are given back on demand.
VERSIONS = (
    ("memory.current", re.compile(r"^inactive_file (\d+)$", re.MULTILINE)),
    ("memory.usage_in_bytes", re.compile(r"^total_inactive_file (\d+)$", re.MULTILINE)),
)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The tightest memory limit above this process, and the folder of the group that has it."""

    limit_bytes: int
    folder: str


def limiting_group(root: Path = Path("/")) -> Group | None:
    """The group whose limit counts; None where no group limits the memory."""
    told = parse_cgroup(ask_cgroup(root))
    if told.memory_limit_bytes is None or told.memory_limit_group is None:
        return None
    return Group(limit_bytes=told.memory_limit_bytes, folder=told.memory_limit_group)


def held_bytes(group: Group, root: Path = Path("/")) -> int | None:
    """What the group holds, without the file caches that the kernel would drop before it kills."""
    folder = group.folder.lstrip("/")
    for name, cache in VERSIONS:
        text = read_text(root, f"{folder}/{name}")
        if text and text.strip().isdigit():
            found = cache.search(read_text(root, f"{folder}/memory.stat") or "")
            return max(0, int(text) - (int(found[1]) if found else 0))
    return None
