"""The kind of node that a requirement is, with what can be said of it whatever the target is."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from envprobe.check.judging.asked import asked_by, asked_of_cell
from envprobe.check.judging.decisive import switches_differ
from envprobe.check.judging.matching_cells import Match, covering_matches, matches_of
from envprobe.check.judging.traits import traits_of
from envprobe.models.oplist import Requirement
from envprobe.registrations import Registrations

KINDS = 20_000  # more than all models of one check have together


class Kind(NamedTuple):
    """A requirement without its place in the model.

    `matches` are the cells of the catalog that measure such a node, `covering` those of composites
    that execute it among others. Kinds with one `key` are the same.
    """

    key: bytes
    requirement: Requirement
    traits: Mapping[str, int]
    matches: tuple[Match, ...]
    covering: tuple[Match, ...]


def kind_of(requirement: Requirement) -> Kind:
    """Its kind; found once for all requirements and targets that share it."""
    direction = "gradient" if requirement.direction == "gradient" else "forward"
    bare = msgspec.structs.replace(
        requirement, direction=direction, count=1, places=(), bytes=None, unknown=None
    )
    return kind_with(_ENCODER.encode(bare))


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Requirement)


@functools.lru_cache(maxsize=KINDS)
def kind_with(key: bytes) -> Kind:
    """The kind that has this key."""
    requirement = _DECODER.decode(key)
    return Kind(
        key=key,
        requirement=requirement,
        traits=traits_of(asked_by(requirement)),
        matches=matches_of(requirement),
        covering=covering_matches(requirement),
    )


def proves_nothing(match: Match, kind: Kind, registrations: Registrations | None) -> bool:
    """Whether a failure of that cell is not the node's: they differ in how the op is switched."""
    asked = asked_by(kind.requirement)
    cell = asked_of_cell(match.op, match.variant, match.dtype)
    definition = registrations.ops.get(match.op) if registrations else None
    return switches_differ(asked, cell, definition)
