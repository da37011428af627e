"""Of many scans the newest of each node, and what became of the others."""

from __future__ import annotations

import msgspec

from envprobe.cluster.cluster import Superseded
from envprobe.cluster.evidence import Keys
from envprobe.cluster.node_scan import NodeScan
from envprobe.cluster.nodelist import natural
from envprobe.matrix.cell import CellKey


class NewestScans:
    """Takes scans one after the other and holds one of each node.

    `questions` are the keys of the sets of questions that were asked.
    """

    def __init__(self) -> None:
        self.questions: dict[str, Keys] = {}
        self._scans: dict[str, NodeScan] = {}
        self._superseded: set[Superseded] = set()
        self._shared: dict[object, object] = {}
        self._keys: dict[CellKey, CellKey] = {}

    def add(self, scan: NodeScan, keys: Keys | None) -> None:
        """Keep the scan unless a newer one of its node is there; the same one twice is one."""
        if keys is not None:
            self._note_questions(scan.questions, keys)
        scan = self._sharing(scan)
        other = self._scans.get(scan.name)
        if other is None:
            self._scans[scan.name] = scan
            return
        older, newer = sorted((other, scan), key=lambda scan: scan.age_key)
        self._scans[scan.name] = newer
        if older.age_key != newer.age_key:
            self._superseded.add(_superseded(older))

    def note(self, superseded: tuple[Superseded, ...]) -> None:
        """What a cluster file already says was superseded."""
        self._superseded.update(superseded)

    def by_profile(self) -> dict[str, list[NodeScan]]:
        """The scans, sorted by node, by profile; the profile of most nodes comes first."""
        found: dict[str, list[NodeScan]] = {}
        for scan in sorted(self._scans.values(), key=lambda scan: natural(scan.name)):
            found.setdefault(scan.profile, []).append(scan)
        return {name: found[name] for name in sorted(found, key=lambda n: (-len(found[n]), n))}

    def superseded(self) -> tuple[Superseded, ...]:
        """The scans that newer ones replaced, by node and time."""
        return tuple(sorted(self._superseded, key=lambda old: (natural(old.name), old.started)))

    def _note_questions(self, name: str, keys: Keys) -> None:
        if name not in self.questions:
            self.questions[name] = tuple(self._keys.setdefault(key, key) for key in keys)

    def _sharing(self, scan: NodeScan) -> NodeScan:
        """The scan with what others have too as the same object, which is held once."""
        findings = tuple(self._shared.setdefault(one, one) for one in scan.findings)
        return msgspec.structs.replace(
            scan,
            findings=findings,
            **{
                name: self._shared.setdefault(value, value)
                for name in ("setting", "questions", "statuses", "timed", "unstable")
                for value in (getattr(scan, name),)
            },
        )


def _superseded(scan: NodeScan) -> Superseded:
    return Superseded(
        name=scan.name, started=scan.started, profile=scan.profile, cells=len(scan.statuses)
    )
