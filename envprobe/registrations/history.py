"""In which releases a kernel was there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from envprobe.registrations.kernel import DEFAULT_DEVICE
from envprobe.registrations.lookup import find_kernel
from envprobe.registrations.registrations import Registrations


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """For a dtype of an op on a device type: the releases that have a kernel, oldest first.

    `dtype` is None for ops whose kernels do not depend on one.
    """

    device_type: str
    dtype: str | None
    releases: tuple[str, ...]


def history(op: str, releases: Sequence[Registrations]) -> tuple[Presence, ...]:
    """Every device type and dtype for which one of the releases, oldest first, has a kernel."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for release in releases:
        for key in kernels_by_dtype(release, op):
            found.setdefault(key, []).append(release.tensorflow)
    return tuple(
        Presence(device_type=device_type, dtype=dtype, releases=tuple(there))
        for (device_type, dtype), there in found.items()
    )


def kernels_by_dtype(release: Registrations, op: str) -> list[tuple[str, str | None]]:
    """The pairs of device type and dtype for which a node without a label gets a kernel."""
    kernels = [kernel for kernel in release.kernels_of(op) if not kernel.label]
    types = dict.fromkeys(kernel.device_type for kernel in kernels)
    if DEFAULT_DEVICE in types:  # it serves the devices that people have
        types = {**dict.fromkeys(("CPU", "GPU")), **types}
        del types[DEFAULT_DEVICE]
    definition = release.ops.get(op)
    attr = definition.dtype_attr if definition else None
    return [
        (device_type, dtype)
        for device_type in types
        for dtype in _dtypes(release, op, attr)
        if find_kernel(release, op, device_type, {attr: dtype} if attr and dtype else {})
    ]


def _dtypes(release: Registrations, op: str, attr: str | None) -> list[str | None]:
    """What kernels name for the attribute; where none names any, they take all alike."""
    kernels = release.kernels_of(op)
    named = {dtype for kernel in kernels for dtype in kernel.constraints.get(attr or "", ())}
    return [*sorted(named)] or [None]
