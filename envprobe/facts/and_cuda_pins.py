"""What `tensorflow[and-cuda]` requires of NVIDIA's packages, and what pip makes of it."""

from __future__ import annotations

import functools

import msgspec

from envprobe.facts.table import reasons, rows, sources
from envprobe.facts.unknown import Unknown


class CudaPin(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement of the extra.

    resolved    the version that pip chose on the day `resolved_on`; None: `why_unresolved`
    """

    release: str
    package: str
    specifier: str
    resolved: str | None
    resolved_on: str | None
    why_unresolved: str | None
    sources: tuple[str, ...]


def and_cuda_pins(release: str) -> tuple[CudaPin, ...] | Unknown:
    """The requirements of the extra of that release, in the order of package names."""
    found = _by_release().get(release)
    if found is None:
        return Unknown(f"TensorFlow {release} has no extra [and-cuda] that is known here")
    return found


@functools.cache
def _by_release() -> dict[str, tuple[CudaPin, ...]]:
    found: dict[str, list[CudaPin]] = {}
    for row in rows("and_cuda_pins.csv"):
        found.setdefault(row["release"], []).append(_pin(row))
    return {release: tuple(pins) for release, pins in found.items()}


def _pin(row: dict[str, str]) -> CudaPin:
    return CudaPin(
        release=row["release"],
        package=row["package"],
        specifier=row["specifier"],
        resolved=row["resolved"] or None,
        resolved_on=row["resolved_on"] or None,
        why_unresolved=reasons(row["why_empty"]).get("resolved"),
        sources=sources(row["source"]),
    )
