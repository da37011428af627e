"""Names of ops, device types and dtypes as people write them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Collection, Iterable

from envprobe.errors import UsageError, unknown_name
from envprobe.evidence.dtype_states import DEVICE_TYPES
from envprobe.evidence.excerpt import ops_of
from envprobe.evidence.presence import spelled
from envprobe.registrations import Registrations, known_releases
from envprobe.registrations.kernel import DEFAULT_DEVICE
from envprobe.terms import DTYPES


def is_glob(pattern: str) -> bool:
    """Whether it may stand for several names."""
    return any(character in pattern for character in "*?[")


def matcher(pattern: str | None) -> Callable[[str], bool]:
    """Tells whether a name is meant, in whatever case; no pattern means all."""
    lower = "*" if pattern is None else pattern.lower()
    return lambda name: fnmatch.fnmatchcase(name.lower(), lower)


def matching_ops(
    pattern: str | None, known: Collection[str], *, tensorflow: str | None = None
) -> list[str]:
    """The names that are meant; a name in its exact case means that one alone.

    Raises UsageError where there is none, with the nearest names, or the releases that have it.
    """
    if pattern is not None and pattern in known:
        return [pattern]
    meant = matcher(pattern)
    found = sorted(name for name in known if meant(name))
    if not found and pattern is not None:
        raise _unknown_op(pattern, known, tensorflow)
    return found


def _unknown_op(pattern: str, known: Iterable[str], tensorflow: str | None) -> UsageError:
    meant = matcher(pattern)
    having = {
        release: name
        for release in known_releases()
        for name in ops_of(release)
        if tensorflow and meant(name)
    }
    if not having:
        return unknown_name("op", pattern, known)
    last = list(having)[-1]
    return UsageError(
        f"TensorFlow {tensorflow} has no op {having[last]}: it is there"
        f" {spelled(list(having), known_releases())} (--tensorflow {last} shows it)"
    )


def known_device_type(asked: str, registrations: Registrations) -> str:
    """The device type as TensorFlow spells it; raises UsageError with the nearest ones."""
    rows = registrations.kernels.values()
    registered = {kernel.device_type for row in rows for kernel in row} - {DEFAULT_DEVICE}
    known = [*DEVICE_TYPES, *sorted(registered - set(DEVICE_TYPES))]
    if asked.upper() not in known:
        raise unknown_name("device type", asked, known)
    return asked.upper()


def known_dtype(asked: str, registrations: Registrations) -> str:
    """The dtype in lower case; raises UsageError with the nearest ones."""
    dtype = asked.lower()
    if dtype in DTYPES:
        return dtype
    types = {
        value
        for definition in registrations.ops.values()
        for name in definition.type_attrs
        for value in definition.attrs[name].allowed or ()
    }
    if dtype not in types:
        raise unknown_name("dtype", asked, {*DTYPES, *types})
    return dtype
