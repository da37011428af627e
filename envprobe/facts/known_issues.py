"""Incompatibilities that are established, and which of them hold in a situation."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Literal

import msgspec

Evidence = Literal["ran", "wheel", "docs", "issue"]


class Conditions(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """When an issue applies: all that is stated has to hold. Versions are PEP 440 specifiers.

    tensorflow, capability, driver, cudnn, glibc   of the versions of each (`"<7.5"`)
    system      as `platform.system()` says it, `machine` as `platform.machine()`
    extra       the extra with which TensorFlow was installed (`and-cuda`)
    packages    distribution -> versions; `>=0` is any
    missing     distributions of which none is installed
    """

    tensorflow: str | None = None
    capability: str | None = None
    driver: str | None = None
    cudnn: str | None = None
    glibc: str | None = None
    system: str | None = None
    machine: str | None = None
    extra: str | None = None
    packages: Mapping[str, str] = {}
    missing: tuple[str, ...] = ()


class KnownIssue(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One incompatibility.

    when        what has to hold besides `applies` and stands in no inventory as a plain value
    harmless    a message or a bound that breaks nothing
    symptoms    parts of the lines that are printed
    remedy      None: nothing has to be done, or nothing can be
    evidence    `ran` (it was reproduced), `wheel` (read in the published files), `docs`, `issue`
    """

    name: str
    applies: Conditions = Conditions()
    when: str | None = None
    harmless: bool = False
    symptoms: tuple[str, ...] = ()
    cause: str
    remedy: str | None = None
    notes: str = ""
    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a machine; None, and a package that is not listed, fit no condition.

    `packages` are all installed distributions with their versions; None: they are not known.
    """

    tensorflow: str | None = None
    capability: str | None = None
    driver: str | None = None
    cudnn: str | None = None
    glibc: str | None = None
    system: str | None = None
    machine: str | None = None
    extra: str | None = None
    packages: Mapping[str, str] | None = None


_VERSIONS = ("tensorflow", "capability", "driver", "cudnn", "glibc")
_NAMES = ("system", "machine", "extra")


def known_issues_for(situation: Situation) -> tuple[KnownIssue, ...]:
    """The issues whose conditions all hold, in the order of their names.

    An issue with `when` is one to be looked at: the rest of its condition is for the caller. One
    that has no condition but `when` is in every answer. What the situation does not know is never
    taken to hold.
    """
    return tuple(issue for issue in known_issues() if _applies(issue.applies, situation))


@functools.cache
def known_issues() -> tuple[KnownIssue, ...]:
    """All issues, in the order of their names; read once."""
    file = resources.files("kernels_matrix") / "facts" / "known_issues.json"
    # JSON and not TOML: the doctor reads it whenever it starts, and TOML takes 20 ms.
    return msgspec.json.decode(file.read_bytes(), type=tuple[KnownIssue, ...])


def _applies(conditions: Conditions, situation: Situation) -> bool:
    return all(_answers(conditions, situation))


def _answers(conditions: Conditions, situation: Situation) -> Iterator[bool]:
    for name in _VERSIONS:
        if (specifier := getattr(conditions, name)) is not None:
            yield _fits(getattr(situation, name), specifier)
    for name in _NAMES:
        if (wanted := getattr(conditions, name)) is not None:
            yield getattr(situation, name) == wanted
    installed = None
    if situation.packages is not None:
        installed = {_normal(name): version for name, version in situation.packages.items()}
    for package, specifier in conditions.packages.items():
        yield installed is not None and _fits(installed.get(_normal(package)), specifier)
    if conditions.missing:
        yield installed is not None and not installed.keys() & set(map(_normal, conditions.missing))


def _normal(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")


def _fits(version: str | None, specifier: str) -> bool:
    if version is None:
        return False
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False
