"""The memory of TensorFlow's own allocator at the moment it could not serve a request.

tensorflow/core/common_runtime/bfc_allocator.cc (since 2.5 tsl/framework/bfc_allocator.cc).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.rules._memory import HOST_ALLOCATORS
from envprobe.diagnose.rules._sizes import amount, bytes_of
from envprobe.diagnose.sighting import Sighting

STATS = re.compile(
    r"\b(Limit|InUse|MaxInUse|MaxAllocSize|LargestFreeBlock): +([0-9.]+[KMGTP]?i?B?)", re.ASCII
)
STATS_LINES = 16
NAMED_BY = ("allocator-asked", "allocator-dump")
# Below this share of use a pool that cannot serve a request is not simply full.
ALMOST_FULL = 0.8
# Below this share of use one thing larger than the pool was asked for; what had been served before
# says nothing of its size.
ALMOST_EMPTY = 0.05
# A picture of 100 characters tells shares to about one in a hundred.
PICTURE_MARGIN = 1.1


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What is known of it, in bytes. `size` is what it had got from the device, at least.

    `held` is the same where the dump tells it, and not only the peak of its use.
    """

    limit: int | None = None
    in_use: int | None = None
    peak: int | None = None
    size: int | None = None
    held: int | None = None
    largest_free: int | None = None
    asked: int | None = None

    @property
    def free(self) -> int | None:
        """Within the pool, in whatever pieces."""
        if self.size is None or self.in_use is None:
            return None
        return max(0, self.size - self.in_use)

    def in_pieces(self, asked: int | None) -> bool:
        """Whether the request would have fitted if the free memory were one piece."""
        wanted = asked or self.asked
        if self.free is None or not wanted or self.size is None or self.in_use is None:
            return False
        return self.free >= wanted and self.in_use <= ALMOST_FULL * self.size

    def fields(self) -> dict[str, str | int | float]:
        """What is known, in bytes and as words."""
        known = {
            "limit": self.limit,
            "in_use": self.in_use,
            "peak": self.peak,
            "free": self.free,
            "held": self.held,
            "largest_free": self.largest_free,
        }
        told: dict[str, str | int | float] = {}
        for name, value in known.items():
            if value is not None:
                told |= {f"{name}_bytes": value, name: amount(value)}
        return told


def pool_of(log: Log, near: Sighting | None = None) -> Pool:
    """The pool's state at that sighting: of the dump that stands nearest to it."""
    stats = _stats(_nearest(log, "allocator-stats", near))
    region = _numbers(_nearest(log, "allocator-region", near))
    summary = _numbers(_nearest(log, "allocator-summary", near))
    asked = _numbers(_nearest(log, "allocator-asked", near)).get("asked")
    in_use = stats.get("InUse")
    held = region.get("pool") or summary.get("pool") or _pictured(log, near, in_use)
    size = held or stats.get("MaxInUse")
    if not asked and (in_use or 0) >= ALMOST_EMPTY * (size or 0):
        asked = stats.get("MaxAllocSize")
    return Pool(
        limit=stats.get("Limit") or region.get("limit") or summary.get("limit"),
        in_use=in_use,
        peak=stats.get("MaxInUse"),
        size=size,
        held=held,
        largest_free=summary.get("largest") or stats.get("LargestFreeBlock") or None,
        asked=asked,
    )


def allocator_of(log: Log, near: Sighting | None = None) -> str | None:
    """The name of the allocator that ran out, as told nearest to the sighting."""
    every = [one for one in (_nearest(log, name, near) for name in NAMED_BY) if one]
    told = [one.fields["allocator"] for one in every if "allocator" in one.fields]
    return told[0] if told else None


def host_ran_out(log: Log, near: Sighting) -> bool:
    """Whether the memory of the computer ran out, by the allocator, or because no GPU was used."""
    allocator = near.fields.get("allocator") or allocator_of(log, near)
    if allocator:
        return allocator.lower() in HOST_ALLOCATORS
    gpu = log.has("gpu-created", "xla-on-gpu", "gpu-listed")
    return log.has("xla-on-host") and not gpu


def _nearest(log: Log, signal: str, near: Sighting | None) -> Sighting | None:
    every = log.all(signal)
    if near is None or not every:
        return every[0] if every else None
    return min(every, key=lambda one: abs(one.line.order - near.line.order))


def _stats(sighting: Sighting | None) -> dict[str, int]:
    if sighting is None:
        return {}
    lines = sighting.text.split("\n", STATS_LINES)[:STATS_LINES]
    found: dict[str, int] = {}
    for line in lines:
        for name, value in STATS.findall(line):
            found.setdefault(name, bytes_of(value) or 0)
    return found


def _numbers(sighting: Sighting | None) -> dict[str, int]:
    fields = sighting.fields if sighting else {}
    found = {name: bytes_of(text) for name, text in fields.items() if name != "allocator"}
    return {name: value for name, value in found.items() if value is not None}


def _pictured(log: Log, near: Sighting | None, in_use: int | None) -> int | None:
    """The pool's size by the picture that the allocator draws of it, rounded down."""
    sighting = _nearest(log, "allocator-bar", near)
    bar = sighting.fields["bar"] if sighting else ""
    taken = len(bar) - bar.count("_")
    if not in_use or not taken:
        return None
    return in_use + round((in_use * len(bar) / taken - in_use) / PICTURE_MARGIN)
