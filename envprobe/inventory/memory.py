"""Main memory: what there is, what is available, what this process may use."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from envprobe.inventory.cgroup import Cgroup
from envprobe.inventory.reading import read_text
from envprobe.inventory.unknown import reasons_for
from envprobe.terms import Finding, Severity


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of main memory. `usable_bytes` is the lesser of what is available and what is left
    below the tightest limit; `limit_bytes` is None, with its reason, where no limit is set."""

    total_bytes: int | None = None
    available_bytes: int | None = None
    limit_bytes: int | None = None
    usable_bytes: int | None = None
    swap_total_bytes: int | None = None
    swap_free_bytes: int | None = None
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
    }
    missing = "/proc/meminfo " + ("does not say" if text else "cannot be read")
    no_limit = cgroup.unknown.get("memory_limit_bytes", "the limit is above the memory there is")
    return Memory(**values, unknown=reasons_for(values, {"limit_bytes": no_limit}, missing))


def judge_memory(memory: Memory) -> list[Finding]:
    """A limit that hides most of the machine, and memory too small for TensorFlow itself."""
    found = []
    total, limit, usable = memory.total_bytes, memory.limit_bytes, memory.usable_bytes
    if total and limit and limit < total / 2:
        found.append(
            Finding(
                code="INV303",
                name="memory-limited",
                severity=Severity.INFO,
                seen=f"{limit / 2**30:.1f} of {total / 2**30:.1f} GiB may be used",
                why="The control group's limit, not the machine's memory, decides when the kernel "
                "kills the run.",
                fix="Raise the container's or job's memory limit if the run needs more.",
            )
        )
    if usable is not None and usable < 2 * 2**30:
        found.append(
            Finding(
                code="INV307",
                name="memory-nearly-full",
                severity=Severity.WARNING,
                seen=f"{usable / 2**20:.0f} MiB of memory can still be used",
                why="Importing TensorFlow alone takes about 0.5 GiB, with CUDA up to 2 GiB.",
                fix="End other programs, or raise the memory limit.",
            )
        )
    return found
