"""What the nodes of a profile agree on, and which of them do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from envprobe.cluster.node_scan import STATUSES, NodeScan
from envprobe.terms import Status


class Opinions(msgspec.Struct, frozen=True, kw_only=True):
    """One cell's status on most nodes, how many have it, and by status who has another."""

    majority: Status
    count: int
    others: dict[Status, list[str]]


def opinions(scans: Sequence[NodeScan], places: Mapping[str, Sequence[int]]) -> dict[int, Opinions]:
    """For each position the status of most nodes, and the nodes that have another.

    `places` maps each set of questions to the positions of its keys. Nodes with the same answers
    are counted together, since thousands of them differ in nothing.
    """
    alike: dict[tuple[str, bytes], list[str]] = {}
    for scan in scans:
        alike.setdefault((scan.questions, scan.statuses), []).append(scan.name)
    counts: dict[int, Counter[int]] = {}
    for (questions, statuses), names in alike.items():
        for position, code in zip(places[questions], statuses, strict=True):
            counts.setdefault(position, Counter())[code] += len(names)
    majority = {position: _majority(counted) for position, counted in counts.items()}
    others: dict[int, dict[Status, list[str]]] = {}
    for (questions, statuses), names in alike.items():
        for position, code in zip(places[questions], statuses, strict=True):
            if code != majority[position]:
                found = others.setdefault(position, {})
                found.setdefault(STATUSES[code], []).extend(names)
    return {
        position: Opinions(
            majority=STATUSES[code],
            count=counts[position][code],
            others=others.get(position, {}),
        )
        for position, code in majority.items()
    }


def _majority(counted: Mapping[int, int]) -> int:
    """The most frequent status that is an answer; a tie goes to the one that promises less."""
    untested = STATUSES.index(Status.UNTESTED)
    return max(counted, key=lambda code: (code != untested, counted[code], code))
