"""A cluster file taken apart again, to be merged with others."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import msgspec

from envprobe.cluster.cluster import Cluster, Node, NodeFinding, Profile, timings_of
from envprobe.cluster.node_cells import asked_positions, deviations
from envprobe.cluster.node_scan import CODES, NO_SPREAD, NodeScan, Setting, questions_name
from envprobe.cluster.timings import Timings
from envprobe.matrix.cell import Cell, CellKey


def scans_from_cluster(
    cluster: Cluster, source: str
) -> Iterator[tuple[NodeScan, tuple[CellKey, ...]]]:
    """Each node's scan and its questions, equal to those that its matrix would give."""
    apart = {profile.digest: _TakenApart(profile) for profile in cluster.profiles}
    for node in cluster.nodes:
        findings = tuple(cluster.findings[at] for at in node.findings)
        yield apart[node.profile].scan(node, findings, source)


class _TakenApart:
    """A profile, with what its nodes share worked out once."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.setting = _setting(profile)
        self.deviations = deviations(profile)
        self.surveys = [_Questions(profile, at) for at in range(len(profile.surveys))]

    def scan(
        self, node: Node, findings: tuple[NodeFinding, ...], source: str
    ) -> tuple[NodeScan, tuple[CellKey, ...]]:
        survey, asked = self.profile.surveys[node.survey], self.surveys[node.survey]
        scan = NodeScan(
            name=node.name,
            started=node.started,
            envprobe=node.envprobe,
            profile=node.profile,
            setting=self.setting,
            memory_bytes=node.memory_bytes,
            preset=survey.preset,
            narrowed=survey.narrowed,
            complete=survey.complete,
            findings=findings,
            questions=asked.name,
            statuses=asked.statuses(self.deviations.get(node.name, {})),
            source=source,
            **self._timings(timings_of(self.profile, node), asked),
        )
        return scan, asked.keys

    def _timings(self, own: Timings, asked: _Questions) -> dict[str, bytes]:
        timed, medians, spreads = array("I"), array("q"), array("I")
        flags, unstable = bytearray(), set(own.unstable)
        rows = zip(self.profile.timed, own.medians_nanoseconds, own.spreads_permille, strict=True)
        for at, (row, median, spread) in enumerate(rows):
            if median is None or row.cell not in asked.place:
                continue
            timed.append(asked.place[row.cell])
            medians.append(median)
            spreads.append(NO_SPREAD if spread is None else spread)
            flags.append(at in unstable)
        return {
            "timed": timed.tobytes(),
            "medians": medians.tobytes(),
            "spreads": spreads.tobytes(),
            "unstable": bytes(flags),
        }


class _Questions:
    """The keys of a survey, where each cell of the profile stands among them, and the answers."""

    def __init__(self, profile: Profile, survey: int) -> None:
        positions = list(asked_positions(profile.surveys[survey]))
        self.place = {position: at for at, position in enumerate(positions)}
        self.keys = tuple(profile.cells[position].key for position in positions)
        self.name = questions_name(self.keys)
        self._majority = bytes(CODES[profile.cells[position].status] for position in positions)

    def statuses(self, deviating: Mapping[int, Cell]) -> bytes:
        if not deviating:
            return self._majority
        own = bytearray(self._majority)
        for position, cell in deviating.items():
            if position in self.place:
                own[self.place[position]] = CODES[cell.status]
        return bytes(own)


def _setting(profile: Profile) -> bytes:
    devices = tuple(
        msgspec.structs.replace(device, memory_bytes=None) for device in profile.devices
    )
    return msgspec.msgpack.encode(Setting(environment=profile.environment, devices=devices))
