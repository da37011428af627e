"""Tells the root cause from its consequences, and both from noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from envprobe.diagnose.judging.found import Found, yields
from envprobe.diagnose.rule import Kind

Role = Literal["root", "consequence", "benign"]
KINDS = tuple(Kind)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A reading with its part in the failure; `of` is what a consequence follows from."""

    found: Found
    role: Role
    of: Found | None = None


def judged(every: Sequence[Found], begins: dict[str, float]) -> list[Judged]:
    """Each reading with its role: the root cause first, then its consequences, then the rest.

    `begins` says of each process when its first failure was, in seconds, as far as its log tells
    the time: of several processes that fail, the first one leads.
    """
    live = [one for one in every if one.kind is not Kind.BENIGN and not one.overcome]
    explained = _explained(live)
    roots = [one for one in live if id(one) not in explained]
    root = min(roots, key=lambda one: _weight(one, begins), default=None)
    if root is None:
        return [Judged(found=one, role="benign") for one in _ordered(every)]
    rest = [one for one in _ordered(every) if one is not root]
    return [
        Judged(found=root, role="root"),
        *(_with_role(one, root, explained, live) for one in rest),
    ]


def _weight(one: Found, begins: dict[str, float]) -> tuple[int, float, int]:
    return KINDS.index(one.kind), begins.get(one.process, float("inf")), one.order


def _ordered(every: Sequence[Found]) -> list[Found]:
    return sorted(every, key=lambda one: (KINDS.index(one.kind), one.process, one.order))


def _explained(live: Sequence[Found]) -> dict[int, Found]:
    """What follows from something else by a rule's word, and from what."""
    explained: dict[int, Found] = {}
    for one in live:
        causes = [other for other in live if other is not one and yields(one, other)]
        # Two that yield to each other: the weightier one holds, else the earlier.
        causes = [other for other in causes if not (yields(other, one) and _first(one, other))]
        if causes:
            near = [other for other in causes if other.process == one.process]
            explained[id(one)] = min(near or causes, key=lambda o: (KINDS.index(o.kind), o.order))
    return explained


def _first(one: Found, other: Found) -> bool:
    return (KINDS.index(one.kind), one.order) < (KINDS.index(other.kind), other.order)


def _with_role(
    one: Found, root: Found, explained: dict[int, Found], live: Sequence[Found]
) -> Judged:
    """What is no cause: a consequence, or something that did not end the run."""
    of = explained.get(id(one))
    if of is not None:
        return Judged(found=one, role="consequence", of=of)
    lesser = one not in live or one.kind is Kind.DEGRADED
    if lesser:
        return Judged(found=one, role="benign")
    return Judged(found=one, role="consequence", of=root)
