"""The registry of a measured TensorFlow, told by what distinguishes it from a known release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from envprobe.errors import UsageError
from envprobe.registrations.definition import OpDefinition
from envprobe.registrations.gradient import Gradient
from envprobe.registrations.kernel import Kernel
from envprobe.registrations.registrations import Registrations
from envprobe.registrations.store import known_releases, nearest_release, read_release

Value = TypeVar("Value")
ByDevice = dict[str, tuple[Kernel, ...]]


class Changes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a build registers otherwise; None: it does not have it.

    `kernels` go by op and device type. A gradient that the base does not have was not traced.
    """

    git_version: str
    build: dict[str, Any]
    xla: str | None = None
    ops: dict[str, OpDefinition | None] = {}
    kernels: dict[str, dict[str, tuple[Kernel, ...] | None]] = {}
    gradients: dict[str, Gradient | None] = {}


class RegistryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The registry that a scan found: that of the release `base`, with `changes`.

    `changes` is None where both are the same. `libraries` are the files of custom ops that were
    loaded before.
    """

    tensorflow: str
    digest: str
    base: str
    base_digest: str
    libraries: tuple[str, ...] = ()
    changes: Changes | None = None


def record_of(own: Registrations, libraries: tuple[str, ...] = ()) -> RegistryRecord:
    """The record of a registry beside the nearest release that envprobe knows."""
    base = read_release(_base_of(own.tensorflow))
    return RegistryRecord(
        tensorflow=own.tensorflow,
        digest=own.digest,
        base=base.tensorflow,
        base_digest=base.digest,
        libraries=libraries,
        changes=None if own.digest == base.digest else changes_from(base, own),
    )


def _base_of(version: str) -> str:
    try:
        return nearest_release(version)
    except UsageError:  # a build may call itself what it likes
        return known_releases()[-1]


def registrations_from_record(record: RegistryRecord) -> Registrations | None:
    """The registry that was recorded; None when this envprobe has another file of its base."""
    try:
        base = read_release(record.base)
    except FileNotFoundError:
        return None
    if base.digest != record.base_digest:
        return None
    return base if record.changes is None else apply_changes(base, record)


def changes_from(base: Registrations, own: Registrations) -> Changes:
    """What makes `own` of `base`."""
    kernels = {}
    for op in base.kernels.keys() | own.kernels.keys():
        if changed := _changed(_by_device(base, op), _by_device(own, op)):
            kernels[op] = changed
    return Changes(
        git_version=own.git_version,
        build=own.build,
        xla=own.xla,
        ops=_changed(base.ops, own.ops),
        kernels=dict(sorted(kernels.items())),
        gradients={
            op: gradient
            for op, gradient in _changed(base.gradients, own.gradients).items()
            if not (gradient and _says_nothing_new(gradient, base.gradients.get(op)))
        },
    )


def apply_changes(base: Registrations, record: RegistryRecord) -> Registrations:
    """`base` with the changes of the record."""
    changes = record.changes
    assert changes is not None  # noqa: S101  the caller has looked
    kernels = {
        op: _flat(_applied(_by_device(base, op), changes.kernels.get(op, {})))
        for op in sorted(base.kernels.keys() | changes.kernels.keys())
    }
    return Registrations(
        tensorflow=record.tensorflow,
        git_version=changes.git_version,
        build=changes.build,
        xla=changes.xla,
        ops=_applied(base.ops, changes.ops),
        kernels={op: rows for op, rows in kernels.items() if rows},
        gradients=_applied(base.gradients, changes.gradients),
    )


def _by_device(registrations: Registrations, op: str) -> ByDevice:
    found: dict[str, list[Kernel]] = {}
    for kernel in registrations.kernels_of(op):
        found.setdefault(kernel.device_type, []).append(kernel)
    return {device_type: tuple(kernels) for device_type, kernels in found.items()}


def _flat(by_device: ByDevice) -> tuple[Kernel, ...]:
    return tuple(kernel for kernels in by_device.values() for kernel in kernels)


def _says_nothing_new(own: Gradient, base: Gradient | None) -> bool:
    """A scan does not trace gradients: one that is only less known is no other one."""
    return base is not None and not own.uses and own.differentiable == base.differentiable


def _changed(base: Mapping[str, Value], own: Mapping[str, Value]) -> dict[str, Value | None]:
    names = sorted(base.keys() | own.keys())
    return {name: own.get(name) for name in names if base.get(name) != own.get(name)}


def _applied(base: Mapping[str, Value], changes: Mapping[str, Value | None]) -> dict[str, Value]:
    merged = {**base, **changes}
    return {name: merged[name] for name in sorted(merged) if merged[name] is not None}  # type: ignore[misc]
