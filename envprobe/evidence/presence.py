"""In which releases an op, and a kernel for each of its dtypes, was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from envprobe.evidence.dtype_states import HAVE_KERNEL, dtype_attr_in, dtype_states, state_on
from envprobe.ops.row import Row
from envprobe.registrations import Registrations


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """The releases, oldest first, that have a kernel for these dtypes of an op on a device type.

    `dtypes` is None for ops without a dtype. `spelled` says the releases in words.
    """

    device_type: str
    dtypes: tuple[str, ...] | None
    releases: tuple[str, ...]
    spelled: str


class OpHistory(msgspec.Struct, frozen=True, kw_only=True):
    """An op through the releases: `defined` are those that know it at all.

    `gradient` are those that can differentiate it. `changed` says whether the releases differ.
    """

    op: str
    changed: bool
    defined: tuple[str, ...]
    spelled: str
    kernels: tuple[Presence, ...]
    gradient: tuple[str, ...]
    gradient_spelled: str


def releases_by_dtype(
    op: str, row: Row | None, releases: Iterable[Registrations], device_types: Iterable[str]
) -> dict[tuple[str, str | None], tuple[str, ...]]:
    """Device type and dtype to the releases that have a kernel; those that no release has, not."""
    found: dict[tuple[str, str | None], list[str]] = {}
    seen: tuple[object, object] | None = None
    keys: list[tuple[str, str | None]] = []
    for release in releases:
        rows = (release.ops.get(op), release.kernels.get(op))
        # Most ops never change, and then the excerpts share what they hold of them.
        if seen is None or rows[0] is not seen[0] or rows[1] is not seen[1]:
            keys, seen = _with_kernel(release, op, row, device_types), rows
        for key in keys:
            found.setdefault(key, []).append(release.tensorflow)
    return {key: tuple(names) for key, names in found.items()}


def _with_kernel(
    release: Registrations, op: str, row: Row | None, device_types: Iterable[str]
) -> list[tuple[str, str | None]]:
    attr = dtype_attr_in(release, op, row)
    found: list[tuple[str, str | None]] = []
    for device_type in device_types:
        if attr is None:
            there = state_on(release, op, device_type) in HAVE_KERNEL
            found += [(device_type, None)] if there else []
        else:
            states = dtype_states(release, op, device_type, attr)
            found += [(device_type, d) for d, state in states.items() if state in HAVE_KERNEL]
    return found


def op_history(
    op: str,
    row: Row | None,
    releases: Sequence[Registrations],
    device_types: Sequence[str],
    dtype: str | None = None,
) -> OpHistory:
    """The op's kernels by device type, dtypes of one fate together; one dtype where it is asked."""
    every = tuple(release.tensorflow for release in releases)
    defined = tuple(release.tensorflow for release in releases if op in release.ops)
    gradient = tuple(
        release.tensorflow
        for release in releases
        if (found := release.gradients.get(op)) and found.differentiable
    )
    by_dtype = releases_by_dtype(op, row, releases, device_types)
    together = _together(by_dtype, dtype)
    return OpHistory(
        op=op,
        changed=any(there != every for there in (defined, *(key[1] for key in together)))
        or gradient not in {(), every},
        defined=defined,
        spelled=spelled(defined, every),
        kernels=tuple(
            Presence(
                device_type=device_type,
                dtypes=None if None in dtypes else tuple(d for d in dtypes if d),
                releases=there,
                spelled=spelled(there, every),
            )
            for (device_type, there), dtypes in together.items()
        ),
        gradient=gradient,
        gradient_spelled=spelled(gradient, every),
    )


def _together(
    by_dtype: dict[tuple[str, str | None], tuple[str, ...]], asked: str | None
) -> dict[tuple[str, tuple[str, ...]], list[str | None]]:
    found: dict[tuple[str, tuple[str, ...]], list[str | None]] = {}
    for (device_type, dtype), there in by_dtype.items():
        if asked is None or dtype == asked:
            found.setdefault((device_type, there), []).append(dtype)
    return found


def spelled(there: Sequence[str], every: Sequence[str]) -> str:
    """`since 2.16.2`, `until 2.18.1`, `2.15.1 to 2.17.1`, `all 9`; gaps make several of them."""
    if not there:
        return "none"
    if tuple(there) == tuple(every):
        return f"all {len(every)}"
    return " and ".join(_span(run, every) for run in _runs(there, every))


def _runs(there: Sequence[str], every: Sequence[str]) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for release in every:
        if release in there:
            runs[-1].append(release)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _span(run: Sequence[str], every: Sequence[str]) -> str:
    first, last = run[0], run[-1]
    if first == every[0]:
        return f"until {last}"
    if last == every[-1]:
        return f"since {first}"
    return f"{first} to {last}" if first != last else f"only {first}"
