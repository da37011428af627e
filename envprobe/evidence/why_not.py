"""Why there is no kernel for a dtype of an op."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from packaging.version import InvalidVersion, Version

from envprobe.evidence.conditions import Needs, conditions
from envprobe.evidence.dtype_states import HAVE_KERNEL, State, state_on
from envprobe.evidence.presence import spelled
from envprobe.registrations import Registrations, known_releases, nearest_release
from envprobe.registrations.kernel import COMPILERS

Cause = Literal[
    "not_allowed", "no_kernel_at_all", "other_dtypes", "label", "combination",
    "newer_release", "dropped", "other_build", "unknown",
]  # fmt: skip
States = Mapping[str, Mapping[str, State]]  # device type -> dtype -> state
Through = Mapping[tuple[str, str | None], tuple[str, ...]]


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """One reason, with the device types and dtypes that it holds for.

    `releases` are the other releases that have the kernel. `needs` are, for the cause
    `combination`, the ways in which a kernel does take the dtype: attribute to values.
    """

    device_types: tuple[str, ...]
    dtypes: tuple[str, ...]
    cause: Cause
    reason: str
    releases: tuple[str, ...] = ()
    needs: tuple[Needs, ...] = ()


class _Answer(NamedTuple):
    cause: Cause
    reason: str
    releases: tuple[str, ...] = ()


def why_not(
    registrations: Registrations, op: str, attr: str | None, states: States, through: Through
) -> tuple[WhyNot, ...]:
    """A reason for every dtype without a plain kernel, alike ones together.

    `through` tells which releases have a kernel (`presence.releases_by_dtype`).
    """
    together: dict[tuple[_Answer, tuple[str, ...]], list[str]] = {}
    for device_type, dtypes in states.items():
        for answer, missing in _answers(registrations, op, device_type, dtypes, through).items():
            together.setdefault((answer, tuple(missing)), []).append(device_type)
    missing_ones = [
        WhyNot(
            device_types=tuple(device_types),
            dtypes=dtypes,
            cause=answer.cause,
            reason=answer.reason,
            releases=answer.releases,
        )
        for (answer, dtypes), device_types in together.items()
    ]
    return (*missing_ones, *_combinations(registrations, op, attr, states))


def _answers(
    registrations: Registrations,
    op: str,
    device_type: str,
    states: Mapping[str, State],
    through: Through,
) -> dict[_Answer, list[str]]:
    found: dict[_Answer, list[str]] = {}
    whole = state_on(registrations, op, device_type)
    for dtype, state in states.items():
        if state not in HAVE_KERNEL:
            elsewhere = through.get((device_type, dtype), ())
            answer = (
                _of_the_build(registrations, device_type, state, elsewhere)
                or _of_the_release(registrations, elsewhere)
                or _of_the_registry(device_type, state, whole)
            )
            found.setdefault(answer, []).append(dtype)
    return found


def _of_the_build(
    registrations: Registrations, device_type: str, state: State, elsewhere: Sequence[str]
) -> _Answer | None:
    if state == "unknown":
        why = registrations.xla or ""
        return _Answer("unknown", f"XLA's kernels could not be listed in this build: {why}")
    own = _version(registrations.tensorflow) if elsewhere else None
    release = nearest_release(registrations.tensorflow) if own else ""
    if own is None or release not in elsewhere or Version(release).release != own.release:
        return None
    build = registrations.build
    if build.get("is_cuda_build") or build.get("is_rocm_build") or "GPU" not in device_type:
        words = f"this build has no such kernel; the release TensorFlow {release} has one"
    else:
        words = f"this is a CPU build; the GPU build of TensorFlow {release} has a kernel"
    return _Answer("other_build", words)


def _of_the_release(registrations: Registrations, elsewhere: Sequence[str]) -> _Answer | None:
    """A kernel that only newer releases have, or that only older ones had."""
    shown = _version(registrations.tensorflow) if elsewhere else None
    if shown is None:
        return None
    newer = tuple(release for release in elsewhere if Version(release) > shown)
    older = tuple(release for release in elsewhere if Version(release) < shown)
    if newer:
        words = spelled(newer, known_releases())
        return _Answer("newer_release", f"not in this release: there {words}", newer)
    if older:
        return _Answer("dropped", f"dropped: TensorFlow had it until {older[-1]}", older)
    return None


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _of_the_registry(device_type: str, state: State, whole: State) -> _Answer:
    if state == "not_allowed":
        return _Answer("not_allowed", "the op's definition does not allow it")
    if state == "label":
        return _Answer("label", "a kernel is registered, but only for nodes that ask for its label")
    if whole in HAVE_KERNEL:
        return _Answer("other_dtypes", "kernels are registered there for other dtypes only")
    if device_type in COMPILERS:
        return _Answer("no_kernel_at_all", "XLA cannot compile the op there")
    if device_type == "CPU":
        return _Answer("no_kernel_at_all", "the op has no kernel on the CPU")
    return _Answer(
        "no_kernel_at_all",
        "the op has no kernel there: under soft placement it is run on the CPU, with copies to and"
        " fro; without it, it fails",
    )


def _combinations(
    registrations: Registrations, op: str, attr: str | None, states: States
) -> list[WhyNot]:
    if attr is None:
        return []
    together: dict[tuple[tuple[str, ...], str], tuple[tuple[Needs, ...], list[str]]] = {}
    for device_type, dtypes in states.items():
        there = [dtype for dtype, state in dtypes.items() if state in HAVE_KERNEL]
        for those, ways in conditions(registrations, op, device_type, attr, there):
            together.setdefault((those, repr(ways)), (ways, []))[1].append(device_type)
    return [
        WhyNot(
            device_types=tuple(device_types),
            dtypes=dtypes,
            cause="combination",
            reason="a kernel is registered, but only together with certain other attributes",
            needs=ways,
        )
        for (dtypes, _), (ways, device_types) in together.items()
    ]
