"""Resource limits of this process (`ulimit`) and the size of /dev/shm."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from envprobe.inventory.reading import read_text
from envprobe.inventory.unknown import reasons_for

# proc_sys_vm(5)
OVERCOMMIT = {"0": "heuristic", "1": "always", "2": "strict"}
UNLIMITED = "unlimited"
UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Soft limits (hard ones where named); None with the reason `unlimited` where there is none.

    `overcommit` is the kernel's rule for promising memory: `heuristic`, `always` or `strict`.
    """

    open_files: int | None = None
    open_files_hard: int | None = None
    processes: int | None = None
    address_space_bytes: int | None = None
    locked_memory_bytes: int | None = None
    stack_bytes: int | None = None
    core_file_bytes: int | None = None
    shm_total_bytes: int | None = None
    shm_free_bytes: int | None = None
    overcommit: str | None = None
    unknown: dict[str, str] = {}


@dataclass(frozen=True)
class LimitsAnswer:
    """`/proc/self/limits`, the mounts, and (total, free) bytes of /dev/shm, unread."""

    limits: str | None = None
    mountinfo: str | None = None
    shm_bytes: tuple[int, int] | None = None
    overcommit: str | None = None


def ask_limits(root: Path) -> LimitsAnswer:
    """Reads the limits; the file system is asked only on the running machine."""
    shm = None
    if root == Path("/"):
        try:
            stat = os.statvfs("/dev/shm")  # noqa: S108 - it is measured, not written
            shm = (stat.f_blocks * stat.f_frsize, stat.f_bavail * stat.f_frsize)
        except OSError:
            shm = None
    limits, mounts = (read_text(root, f"proc/self/{name}") for name in ("limits", "mountinfo"))
    overcommit = read_text(root, "proc/sys/vm/overcommit_memory")
    return LimitsAnswer(limits=limits, mountinfo=mounts, shm_bytes=shm, overcommit=overcommit)


ROWS = {
    "open_files": ("Max open files", 0),
    "open_files_hard": ("Max open files", 1),
    "processes": ("Max processes", 0),
    "address_space_bytes": ("Max address space", 0),
    "locked_memory_bytes": ("Max locked memory", 0),
    "stack_bytes": ("Max stack size", 0),
    "core_file_bytes": ("Max core file size", 0),
}


def parse_limits(answer: LimitsAnswer) -> Limits:
    """The limits, with `unlimited` as the reason where there is none."""
    table = _table(answer.limits or "")
    reasons: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, (title, column) in ROWS.items():
        text = table.get(title, ("", ""))[column]
        values[name] = int(text) if text.isascii() and text.isdigit() else None
        reasons[name] = UNLIMITED if text == UNLIMITED else f"/proc/self/limits has no {title!r}"
    total, free = answer.shm_bytes or (parse_shm_size(answer.mountinfo or ""), None)
    values |= {"shm_total_bytes": total, "shm_free_bytes": free}
    values["overcommit"] = OVERCOMMIT.get((answer.overcommit or "").strip())
    reasons["overcommit"] = "/proc/sys/vm/overcommit_memory does not say"
    reasons["shm_total_bytes"] = (
        "the shared memory folder is not mounted, or its size is not written down"
    )
    reasons["shm_free_bytes"] = "free space can only be asked on the running system"
    return Limits(**values, unknown=reasons_for(values, reasons, "not read"))


def _table(text: str) -> dict[str, tuple[str, str]]:
    rows = {}
    for line in text.splitlines():
        match = re.match(r"(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)", line)
        if match:
            rows[match[1]] = (match[2], match[3])
    return rows


def parse_shm_size(mountinfo: str) -> int | None:
    """The `size=` option of the file system at /dev/shm, in bytes."""
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        match = re.search(r"\bsize=([0-9]{1,18})([kmg]?)\b", line, re.IGNORECASE)
        if len(fields) > 4 and fields[4] == "/dev/shm" and match:  # noqa: S108 - compared only
            return int(match[1]) * UNITS[match[2].lower()]
    return None
