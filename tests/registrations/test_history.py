"""In which releases a kernel was there."""

from __future__ import annotations

from functools import cache

import pytest

from envprobe.registrations import Registrations, known_releases, read_release
from envprobe.registrations.history import Presence, history, kernels_by_dtype
from envprobe.registrations.lookup import find_kernel

RELEASES = known_releases()


@cache
def presences(op: str) -> tuple[Presence, ...]:
    return history(op, [read_release(release) for release in RELEASES])


def releases_of(op: str, device_type: str, dtype: str | None) -> tuple[str, ...]:
    found = {(one.device_type, one.dtype): one.releases for one in presences(op)}
    return found.get((device_type, dtype), ())


def test_what_was_always_there() -> None:
    for device_type in ("CPU", "GPU", "XLA_CPU_JIT", "XLA_GPU_JIT"):
        assert releases_of("MatMul", device_type, "float32") == RELEASES


def test_what_came() -> None:
    assert releases_of("GatherNd", "CPU", "float8_e5m2") == RELEASES[2:]
    assert releases_of("GatherNd", "XLA_CPU_JIT", "float8_e4m3fnuz") == RELEASES[6:]
    assert releases_of("FFTND", "GPU", None) == RELEASES[2:]


def test_what_never_was() -> None:
    assert releases_of("MatMul", "CPU", "string") == ()
    assert presences("Nowhere") == ()
    # Registered in all releases, and out of the reach of every node.
    assert presences("TopK") == ()


def test_a_default_kernel_serves_the_devices_that_people_have() -> None:
    device_types = {one.device_type for one in presences("NoOp")}
    assert {"CPU", "GPU"} <= device_types
    assert "DEFAULT" not in device_types
    assert releases_of("NoOp", "GPU", None) == RELEASES


@pytest.mark.parametrize("op", ["MatMul", "GatherNd", "Cast", "NoOp", "ScatterNd", "Conv3D"])
def test_it_agrees_with_each_release(op: str) -> None:
    for release in RELEASES:
        found = read_release(release)
        said = {(one.device_type, one.dtype) for one in presences(op) if release in one.releases}
        assert said == set(kernels_by_dtype(found, op))
        assert all(has(found, op, *pair) for pair in said)


def has(found: Registrations, op: str, device_type: str, dtype: str | None) -> bool:
    attr = next(iter(found.ops[op].type_attrs), "")
    return find_kernel(found, op, device_type, {attr: dtype} if dtype else {}) is not None
