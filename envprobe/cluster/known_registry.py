"""The kernel registry of a TensorFlow that was scanned somewhere, each one put together once."""

from __future__ import annotations

from typing import NamedTuple

from envprobe.cluster.cluster import Profile
from envprobe.errors import UsageError
from envprobe.matrix.matrix import Matrix
from envprobe.registrations import Registrations, nearest_release, read_release
from envprobe.registrations.record import RegistryRecord, registrations_from_record


class KnownRegistry(NamedTuple):
    """A registry, or why there is none; `note` says what it was taken from instead."""

    registrations: Registrations | None = None
    unknown: str | None = None
    note: str | None = None


class Registries:
    """Gives the same object for the same registry: the profiles of a cluster often share one."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, ...], KnownRegistry] = {}

    def of(self, scanned: Matrix | Profile) -> KnownRegistry:
        """The registry that the scan recorded, else that of its release where that is known."""
        record = scanned.registrations
        # A record's digest is that of all it registers.
        same = (record.tensorflow, record.digest, record.base_digest) if record else ()
        tensorflow, unknown = scanned.environment.tensorflow, scanned.registrations_unknown
        key = (tensorflow, unknown, *same)
        if key not in self._known:
            self._known[key] = _known(tensorflow, unknown, record)
        return self._known[key]


def _known(
    tensorflow: str | None, unknown: str | None, record: RegistryRecord | None
) -> KnownRegistry:
    own = registrations_from_record(record) if record else None
    if own is not None:
        return KnownRegistry(registrations=own)
    if tensorflow is None:
        return KnownRegistry(unknown=unknown or "TensorFlow did not start when it was scanned")
    why = (
        f"its registry was recorded beside another file of release {record.base}"
        if record
        else f"the scan kept no registry ({unknown or 'an older envprobe wrote it'})"
    )
    release = nearest_known(tensorflow)
    if release != tensorflow:
        return KnownRegistry(
            unknown=f"{why}, and none of TensorFlow {tensorflow} comes with envprobe"
        )
    return KnownRegistry(
        registrations=read_release(release),
        note=f"{why}: that of the released TensorFlow {release} stands in for it",
    )


def nearest_known(tensorflow: str) -> str | None:
    """The release that envprobe knows nearest to this version; None for what is no version."""
    try:
        return nearest_release(tensorflow)
    except UsageError:  # a build may call itself what it likes
        return None
