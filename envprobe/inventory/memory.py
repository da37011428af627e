"""Main memory: what there is, what is available, what this process may use."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from envprobe.inventory.cgroup import Cgroup
from envprobe.inventory.reading import read_text
from envprobe.inventory.unknown import reasons_for


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of main memory. `usable_bytes` is the lesser of what is available and what is left
    below the tightest limit; `limit_bytes` is None, with its reason, where no limit is set.
    `committed_bytes` are promised to programs; `commit_limit_bytes` bounds them where the kernel
    counts strictly (`Limits.overcommit`)."""

    total_bytes: int | None = None
    available_bytes: int | None = None
    limit_bytes: int | None = None
    usable_bytes: int | None = None
    swap_total_bytes: int | None = None
    swap_free_bytes: int | None = None
    commit_limit_bytes: int | None = None
    committed_bytes: int | None = None
    unknown: dict[str, str] = {}


def ask_memory(root: Path) -> str | None:
    """The text of /proc/meminfo."""
    return read_text(root, "proc/meminfo")


def parse_meminfo(text: str) -> dict[str, int]:
    """`MemTotal:  16 kB` lines as bytes."""
    rows = re.findall(r"^(\w[\w()]*):\s+([0-9]{1,15}) kB$", text, re.M | re.ASCII)
    return {name: int(number) * 1024 for name, number in rows}


def parse_memory(text: str | None, cgroup: Cgroup) -> Memory:
    """The machine's memory, narrowed by the control groups."""
    rows = parse_meminfo(text or "")
    total, available = rows.get("MemTotal"), rows.get("MemAvailable")
    limit = cgroup.memory_limit_bytes
    if limit is not None and total is not None and limit >= total:
        limit = None  # a limit above the memory limits nothing
    bounds = [b for b in (available, limit and cgroup.memory_left_bytes) if b is not None]
    values = {
        "total_bytes": total,
        "available_bytes": available,
        "limit_bytes": limit,
        "usable_bytes": min(bounds, default=None),
        "swap_total_bytes": rows.get("SwapTotal"),
        "swap_free_bytes": rows.get("SwapFree"),
        "commit_limit_bytes": rows.get("CommitLimit"),
        "committed_bytes": rows.get("Committed_AS"),
    }
    missing = "/proc/meminfo " + ("does not say" if text else "cannot be read")
    no_limit = cgroup.unknown.get("memory_limit_bytes", "the limit is above the memory there is")
    return Memory(**values, unknown=reasons_for(values, {"limit_bytes": no_limit}, missing))
