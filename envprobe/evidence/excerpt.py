"""A few ops of a release, without decoding the rest of its file.

So all releases can be asked about one op in less time than one of them takes to be read whole.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from envprobe.registrations import Gradient, Kernel, OpDefinition, Registrations, known_releases
from envprobe.registrations.store import PREFIX, SUFFIX, registrations_folder


class _Undecoded(msgspec.Struct, frozen=True, kw_only=True):
    tensorflow: str
    git_version: str
    build: dict[str, Any]
    xla: str | None = None
    ops: dict[str, msgspec.Raw]
    kernels: dict[str, msgspec.Raw]
    gradients: dict[str, msgspec.Raw]


def excerpts(ops: Collection[str]) -> list[Registrations]:
    """Every known release, oldest first, with these ops alone.

    What does not differ from the release before is the same object.
    """
    shared = _Shared()
    return [_excerpt(_undecoded(release), ops, shared) for release in known_releases()]


def excerpt_about(op: str, release: str) -> Registrations:
    """A known release with the op of that name, in whatever case, and what its gradient uses."""
    whole, shared = _undecoded(release), _Shared()
    meant = [name for name in whole.ops if name.lower() == op.lower()]
    gradients = _excerpt(whole, meant, shared).gradients.values()
    groups = [group for gradient in gradients for group in gradient.uses]
    used = {node.op for group in groups for node in group.nodes}
    return _excerpt(whole, {*meant, *used}, shared)


def ops_of(release: str) -> Collection[str]:
    """The names of all ops of a known release."""
    return _undecoded(release).ops.keys()


@functools.cache
def _undecoded(release: str) -> _Undecoded:
    file = registrations_folder() / f"{PREFIX}{release}{SUFFIX}"
    return msgspec.json.decode(gzip.decompress(file.read_bytes()), type=_Undecoded)


class _Shared:
    """Decodes rows; equal ones, which most are from release to release, only once."""

    def __init__(self) -> None:
        self._last: dict[tuple[Any, str], tuple[bytes, Any]] = {}

    def decoded(
        self, rows: Mapping[str, msgspec.Raw], ops: Collection[str], kind: Any
    ) -> dict[str, Any]:
        decoder = msgspec.json.Decoder(kind)
        found = {}
        for op in sorted(op for op in ops if op in rows):
            data = bytes(rows[op])
            last = self._last.get((kind, op))
            if last is None or last[0] != data:
                last = self._last[kind, op] = (data, decoder.decode(data))
            found[op] = last[1]
        return found


def _excerpt(whole: _Undecoded, ops: Collection[str], shared: _Shared) -> Registrations:
    return Registrations(
        tensorflow=whole.tensorflow,
        git_version=whole.git_version,
        build=whole.build,
        xla=whole.xla,
        ops=shared.decoded(whole.ops, ops, OpDefinition),
        kernels=shared.decoded(whole.kernels, ops, tuple[Kernel, ...]),
        gradients=shared.decoded(whole.gradients, ops, Gradient),
    )
