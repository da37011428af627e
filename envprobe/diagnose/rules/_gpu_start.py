"""How much of the GPU's memory this process found when it started, and who had the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rules._sizes import MEBIBYTE, amount, bytes_of
from envprobe.diagnose.sighting import Sighting

# On these the GPU shares the memory of the CPU: little free memory is no other process.
SHARED_MEMORY = re.compile(r"Tegra|Jetson|Orin|Xavier|Nano|GB10|Apple|Metal")
# `NVIDIA A100-SXM4-40GB`, and a part of one: `NVIDIA A100-SXM4-40GB MIG 1g.5gb`.
NAMED_SIZE = re.compile(r"[ -]([0-9]{1,3}) ?GB\b")
NAMED_PART = re.compile(r"MIG \S*?([0-9]{1,3})gb")
INDEX = re.compile(r"(?i)gpu[:_]([0-9]{1,3})")
BUS = re.compile(r"\b[0-9A-Fa-f]{4,8}:([0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9])")
FREE_LINE = re.compile(r"^Free memory: ([0-9.]+ ?[KMGT]?i?B)", re.M)
# Every GPU that TensorFlow supports has more; TensorFlow leaves at most 1 GB to others.
SMALLEST_MEGABYTES = 512
# Limits that people set are round numbers.
ROUND_MEGABYTES = 256
TAKEN_SHARE = 0.5


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Memory of the GPU that others held: `free_bytes` of `total_bytes` were left, if known."""

    free_bytes: int
    total_bytes: int | None = None

    def fields(self) -> dict[str, str | int | float]:
        """For sentences."""
        told: dict[str, str | int | float] = {
            "free_at_start": amount(self.free_bytes),
            "free_at_start_bytes": self.free_bytes,
        }
        if self.total_bytes:
            told |= {"total": amount(self.total_bytes), "total_bytes": self.total_bytes}
        return told


def taken_by_others(log: Log, near: Sighting | None = None) -> Taken | None:
    """What others held when this process opened the GPU; None where that is not seen."""
    if _shared_memory(log) or log.has("own-memory-limit"):
        return None
    return _told_at_start(log, near) or _small_device(log, near) or _in_table_before(log)


def own_limit_megabytes(log: Log, near: Sighting | None = None) -> int | None:
    """The limit that the program itself seems to have set: a round number."""
    megabytes = _created_megabytes(log, near)
    if megabytes and megabytes >= ROUND_MEGABYTES and megabytes % ROUND_MEGABYTES == 0:
        return megabytes
    return None


def own_share(log: Log, near: Sighting | None = None) -> dict[str, str | int | float]:
    """For sentences: what this process may take, and whether the program itself set that."""
    megabytes, limit = _created_megabytes(log, near), own_limit_megabytes(log, near)
    told: dict[str, str | int | float] = {}
    if megabytes:
        told |= {"share": f"{megabytes} MB", "share_bytes": megabytes * MEBIBYTE}
    if limit:
        told |= {"own_limit": f"{limit} MB"}
    return told


def _shared_memory(log: Log) -> bool:
    return any(
        SHARED_MEMORY.search(one.fields.get("gpu", "") + one.line.text)
        for one in log.all("gpu-created")
    )


def _told_at_start(log: Log, near: Sighting | None) -> Taken | None:
    """TensorFlow up to 2.0 wrote down both numbers, of one GPU after the other."""
    every, index = log.all("gpu-memory-at-start"), _index(near)
    own = every if index is None or index >= len(every) else [every[index]]
    for sighting in own:
        free = sighting.fields.get("free") or _first(FREE_LINE, sighting.after)
        taken = _taken(bytes_of(free), bytes_of(sighting.fields.get("total")))
        if taken:
            return taken
    return None


def _small_device(log: Log, near: Sighting | None) -> Taken | None:
    megabytes = _created_megabytes(log, near)
    if megabytes is None or own_limit_megabytes(log, near):
        return None
    total = _total_bytes(log)
    if megabytes < SMALLEST_MEGABYTES:
        return Taken(free_bytes=megabytes * MEBIBYTE, total_bytes=total)
    return _taken(megabytes * MEBIBYTE, total)


def _in_table_before(log: Log) -> Taken | None:
    """A table of nvidia-smi above the line by which this process opened the GPU."""
    created = log.first("gpu-created")
    rows = [one for one in _rows(log) if created and one.line.order < created.line.order]
    return next(filter(None, map(_row, rows)), None)


def full_in_table(log: Log) -> Taken | None:
    """A GPU that a table of nvidia-smi shows as more than half taken, wherever the table stands."""
    return next(filter(None, map(_row, _rows(log))), None)


def _rows(log: Log) -> list[Sighting]:
    """The table's rows; where the log tells which GPU this process opened, those of it."""
    bus = (log.field("gpu-created", "bus") or "")[-7:].lower()
    rows = log.all("nvidia-smi-memory")
    return [one for one in rows if not bus or _bus_above(one) in (bus, "")]


def _bus_above(row: Sighting) -> str:
    found = BUS.search(row.before.rpartition("\n")[2])
    return found[1].lower() if found else ""


def _row(sighting: Sighting) -> Taken | None:
    used, total = int(sighting.fields["used"]), int(sighting.fields["total"])
    return _taken((total - used) * MEBIBYTE, total * MEBIBYTE)


def _taken(free: int | None, total: int | None) -> Taken | None:
    if free is None or not total or free > TAKEN_SHARE * total:
        return None
    return Taken(free_bytes=free, total_bytes=total)


def _created_megabytes(log: Log, near: Sighting | None) -> int | None:
    """What TensorFlow may take of the GPU that the message is about, or of the first one."""
    told = [one.fields for one in log.all("gpu-created") if "memory_megabytes" in one.fields]
    index = _index(near)
    own = [one for one in told if index is None or one.get("index") == str(index)]
    return int((own or told)[0]["memory_megabytes"]) if told else None


def _index(near: Sighting | None) -> int | None:
    """The number of the GPU in a message: of `GPU:1`, or of the allocator `GPU_1_bfc`."""
    fields = near.fields if near else {}
    told = _first(INDEX, fields.get("device", "")) or _first(INDEX, fields.get("allocator", ""))
    return int(told) if told else None


def _total_bytes(log: Log) -> int | None:
    told = bytes_of(log.field("gpu-memory-size", "total"))
    name = log.field("gpu-created", "gpu") or ""
    named = _first(NAMED_PART, name) or _first(NAMED_SIZE, name)
    return told or (int(named) * 1000**3 if named else None)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
