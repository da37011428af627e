"""The scans of one environment folded into its profile and its nodes' rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from envprobe.cluster.agreement import Opinions, opinions
from envprobe.cluster.cluster import (
    Alternative,
    Disagreement,
    Node,
    NodeFinding,
    Outlier,
    Profile,
    Survey,
    TypicalTiming,
)
from envprobe.cluster.evidence import Evidence, FullScan, Keys, evidence_for
from envprobe.cluster.node_scan import NodeScan, Setting
from envprobe.cluster.nodelist import natural
from envprobe.cluster.outliers import outliers
from envprobe.cluster.profile_timing import node_row, typical_timings
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Device
from envprobe.terms import Status

FindingPlaces = Mapping[NodeFinding, int]
Surveys = list[tuple[Survey, list[NodeScan]]]


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """What the scans of one environment come to."""

    profile: Profile
    nodes: tuple[Node, ...]
    outliers: tuple[Outlier, ...]


def folded(
    scans: Sequence[NodeScan],
    questions: dict[str, Keys],
    finding_places: FindingPlaces,
    load: Callable[[NodeScan], FullScan],
) -> Folded:
    """The profile of scans of one environment, one of each node."""
    keys = sorted({key for name in {scan.questions for scan in scans} for key in questions[name]})
    position = {key: at for at, key in enumerate(keys)}
    places = {
        name: [position[key] for key in questions[name]]
        for name in {scan.questions for scan in scans}
    }
    evidence = evidence_for(scans, questions, load)
    agreed = opinions(scans, places)
    cells = _cells(keys, agreed, evidence)
    timed = typical_timings(
        scans, places, {position[key]: cell for key, cell in evidence.timed.items()}
    )
    surveys = _surveys(scans, places)
    asked = [survey for survey, _ in surveys]
    return Folded(
        profile=_profile(scans, cells, timed, asked, evidence, _odd(keys, agreed, evidence)),
        nodes=_nodes(scans, places, timed, surveys, finding_places),
        outliers=tuple(outliers(scans, places, cells, timed)),
    )


def _profile(
    scans: Sequence[NodeScan],
    cells: tuple[Cell, ...],
    timed: tuple[TypicalTiming, ...],
    surveys: Sequence[Survey],
    evidence: Evidence,
    disagreements: tuple[Disagreement, ...],
) -> Profile:
    newest = max(scans, key=lambda scan: (scan.age_key, scan.name))
    setting = msgspec.msgpack.decode(newest.setting, type=Setting)
    return Profile(
        digest=newest.profile,
        environment=setting.environment,
        devices=_with_least_memory(setting.devices, scans),
        surveys=tuple(surveys),
        cells=cells,
        timed=timed,
        disagreements=disagreements,
        registrations=evidence.registrations,
        registrations_unknown=evidence.registrations_unknown,
    )


def _with_least_memory(devices: Sequence[Device], scans: Sequence[NodeScan]) -> tuple[Device, ...]:
    known: list[list[int]] = [[] for _ in devices]
    for scan in scans:
        for own, memory in zip(known, scan.memory_bytes, strict=False):
            if memory is not None:
                own.append(memory)
    return tuple(
        msgspec.structs.replace(device, memory_bytes=min(own, default=None))
        for device, own in zip(devices, known, strict=True)
    )


def _cells(
    keys: Sequence[CellKey], agreed: Mapping[int, Opinions], evidence: Evidence
) -> tuple[Cell, ...]:
    cells = []
    for at, key in enumerate(keys):
        cell = evidence.cells[key, agreed[at].majority]
        timed = evidence.timed.get(key)
        shapes = timed.timed_shapes if timed else cell.timed_shapes
        cells.append(msgspec.structs.replace(cell, timed_shapes=shapes))
    return tuple(cells)


def _odd(
    keys: Sequence[CellKey], agreed: Mapping[int, Opinions], evidence: Evidence
) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(
            cell=at,
            majority=agreed[at].count,
            alternatives=tuple(
                Alternative(
                    cell=evidence.cells[key, status],
                    nodes=tuple(sorted(agreed[at].others[status], key=natural)),
                )
                for status in Status
                if status in agreed[at].others
            ),
        )
        for at, key in enumerate(keys)
        if agreed[at].others
    )


def _surveys(scans: Sequence[NodeScan], places: Mapping[str, Sequence[int]]) -> Surveys:
    """Who asked what; the survey that most nodes had comes first."""
    found: dict[bytes, tuple[Survey, list[NodeScan]]] = {}
    ranges = {name: _ranges(own) for name, own in places.items()}
    for scan in scans:
        survey = Survey(
            preset=scan.preset,
            narrowed=scan.narrowed,
            complete=scan.complete,
            cells=ranges[scan.questions],
        )
        found.setdefault(msgspec.json.encode(survey), (survey, []))[1].append(scan)
    order = sorted(found, key=lambda name: (-len(found[name][1]), name))
    return [found[name] for name in order]


def _ranges(positions: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Ascending positions as ranges, both ends in."""
    found: list[tuple[int, int]] = []
    for at in positions:
        if found and found[-1][1] == at - 1:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return tuple(found)


def _nodes(
    scans: Sequence[NodeScan],
    places: Mapping[str, Sequence[int]],
    timed: Sequence[TypicalTiming],
    surveys: Surveys,
    finding_places: FindingPlaces,
) -> tuple[Node, ...]:
    order = {row.cell: at for at, row in enumerate(timed)}
    survey_of = {scan.name: at for at, (_, own) in enumerate(surveys) for scan in own}
    return tuple(
        Node(
            name=scan.name,
            profile=scan.profile,
            survey=survey_of[scan.name],
            started=scan.started,
            envprobe=scan.envprobe,
            memory_bytes=scan.memory_bytes,
            findings=tuple(finding_places[finding] for finding in scan.findings),
            timings=msgspec.Raw(node_row(scan, places, order)),
        )
        for scan in scans
    )
