"""Two sides of a comparison, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from envprobe.cluster.difference import (
    Comparison,
    EnvironmentChange,
    Measured,
    OneSided,
    StatusChange,
    TimingChange,
)
from envprobe.cluster.disturbance import is_disturbed, is_steady
from envprobe.cluster.side import Subject
from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Environment
from envprobe.terms import Status

_VARYING = re.compile(r"0x[0-9a-f]+|[0-9][0-9.,]*(e[-+]?[0-9]+)?")


def compare(before: Subject, after: Subject, bound: float) -> Comparison:
    """What became of each cell; the sides are those of one machine, or of like machines."""
    old, new = _by_key(before), _by_key(after)
    both = {key: (old[key], new[key]) for key in sorted(old.keys() & new.keys())}
    changes = list(_status_changes(both))
    timings = _Timings(both, bound)
    return Comparison(
        before=Measured(profile=before.profile, nodes=before.nodes),
        after=Measured(profile=after.profile, nodes=after.nodes),
        environment=tuple(environment_changes(before.environment, after.environment)),
        compared=len(both),
        regressions=tuple(c for c in changes if is_regression(c)),
        fixed=tuple(c for c in changes if _is_fixed(c)),
        changed=tuple(c for c in changes if _is_other(c)),
        reasons=tuple(c for c in changes if c.before is c.after),
        only_before=tuple(_one_sided(old[key]) for key in sorted(old.keys() - new.keys())),
        only_after=tuple(_one_sided(new[key]) for key in sorted(new.keys() - old.keys())),
        timed=timings.timed,
        unstable=timings.unstable,
        disturbed=timings.disturbed,
        slower=tuple(sorted(timings.slower, key=lambda change: -change.ratio)),
        faster=tuple(sorted(timings.faster, key=lambda change: change.ratio)),
    )


def is_regression(change: StatusChange) -> bool:
    """Whether what was known to work is not known to work any more."""
    return change.before is Status.SUPPORTED and change.after is not Status.SUPPORTED


def environment_changes(before: Environment, after: Environment) -> Iterator[EnvironmentChange]:
    """The fields that differ, one by one within packages, variables and the build."""
    old, new = _flat(before), _flat(after)
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield EnvironmentChange(name=name, before=old.get(name), after=new.get(name))
    lost, gained = (
        set(before.cpu_isa) - set(after.cpu_isa),
        set(after.cpu_isa) - set(before.cpu_isa),
    )
    if lost or gained:
        yield EnvironmentChange(
            name="cpu_isa", before=_words(lost) or None, after=_words(gained) or None
        )


def _flat(environment: Environment) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, value in msgspec.to_builtins(environment).items():
        if name == "cpu_isa":
            continue
        if isinstance(value, Mapping):
            # Packages, variables and the build's fields have names of their own.
            found.update({f"{name}.{one}": _word(what) for one, what in value.items()})
        else:
            found[name] = "; ".join(value) if isinstance(value, list | tuple) else _word(value)
    return found


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


def _words(values: set[str]) -> str:
    return " ".join(sorted(values))


def _by_key(subject: Subject) -> dict[CellKey, Cell]:
    return {cell.key: cell for cell in subject.cells}


def _status_changes(both: Mapping[CellKey, tuple[Cell, Cell]]) -> Iterator[StatusChange]:
    for key, (old, new) in both.items():
        if old.status is not new.status or _worded(old.reason) != _worded(new.reason):
            yield StatusChange(
                **key._asdict(),
                before=old.status,
                after=new.status,
                reason_before=old.reason,
                reason_after=new.reason,
            )


def _worded(reason: str | None) -> str | None:
    """The reason without addresses and numbers, which differ from run to run."""
    return reason if reason is None else _VARYING.sub("N", reason)


def _is_fixed(change: StatusChange) -> bool:
    return change.after is Status.SUPPORTED and change.before is not Status.SUPPORTED


def _is_other(change: StatusChange) -> bool:
    return change.before is not change.after and not (is_regression(change) or _is_fixed(change))


def _one_sided(cell: Cell) -> OneSided:
    return OneSided(**cell.key._asdict(), status=cell.status)


class _Timings:
    """Times compared: slower and faster beyond the bound and the noise of both sides."""

    def __init__(self, both: Mapping[CellKey, tuple[Cell, Cell]], bound: float) -> None:
        self.timed = self.unstable = self.disturbed = 0
        self.slower: list[TimingChange] = []
        self.faster: list[TimingChange] = []
        for old, new in both.values():
            if not _comparable(old, new):
                continue
            if is_disturbed(old) or is_disturbed(new):
                self.disturbed += 1
                continue
            if not (is_steady(old) and is_steady(new)):
                self.unstable += 1
                continue
            self.timed += 1
            change = _timing_change(old, new)
            least, most = sorted((change.seconds_before, change.seconds_after))
            noise = max(change.seconds_iqr_before, change.seconds_iqr_after)
            if most > least * (1 + bound) and most - least > noise:
                (self.slower if change.ratio > 1 else self.faster).append(change)


def _comparable(old: Cell, new: Cell) -> bool:
    """Both timed, and on the same shapes."""
    return bool(old.seconds_median and new.seconds_median and old.timed_shapes == new.timed_shapes)


def _timing_change(old: Cell, new: Cell) -> TimingChange:
    before, after = old.seconds_median or 0.0, new.seconds_median or 0.0
    return TimingChange(
        **old.key._asdict(),
        seconds_before=before,
        seconds_after=after,
        seconds_iqr_before=old.seconds_iqr or 0.0,
        seconds_iqr_after=new.seconds_iqr or 0.0,
        ratio=round(after / before, 4),
    )
