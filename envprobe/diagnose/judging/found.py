"""What the rules make of a log's sightings, before causes are told from consequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from envprobe.diagnose.catalog import all_rules
from envprobe.diagnose.evidence import Log
from envprobe.diagnose.judging.situation import situation_of
from envprobe.diagnose.judging.template import Value
from envprobe.diagnose.judging.unknown import unknown_error
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


@dataclass(frozen=True, kw_only=True)
class Found:
    """One rule's reading of one process's log; `sightings` are in the log's order.

    `ended_otherwise`: that process raised an error that no rule knows.
    """

    rule: Rule
    reading: Reading
    sightings: tuple[Sighting, ...]
    fields: dict[str, Value]
    log: Log
    process: str
    ended_otherwise: bool = False

    @property
    def cause(self) -> Cause:
        return self.reading.cause or self.rule.cause

    @property
    def kind(self) -> Kind:
        return self.reading.kind or self.rule.kind

    @property
    def confidence(self) -> Confidence:
        return self.reading.confidence or self.rule.confidence

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        given = self.reading.candidates
        return self.rule.candidates if given is None else given

    @property
    def order(self) -> int:
        """Where it was seen first."""
        return self.sightings[0].line.order

    @property
    def orders(self) -> frozenset[int]:
        """The lines it was seen on."""
        return frozenset(one.line.order for one in self.sightings)

    @property
    def overcome(self) -> bool:
        """Whether it did not end the run: training went on, or it costs only something.

        What lets a run go on with less explains no error of another kind.
        """
        if self.kind is Kind.DEGRADED:
            return self.ended_otherwise
        return self.log.went_on_after(self.sightings[-1])


def found_in(log: Log, process: str) -> tuple[list[Found], list[str]]:
    """The readings of every rule that was sighted, and which rules broke on this log.

    What a rule that it yields to reads in the same line is left out of a reading.
    """
    every: list[Found] = []
    faults = [_add_readings(rule, log, process, every) for rule in all_rules()]
    kept = [one for one in (_without_said_better(one, every) for one in every) if one]
    otherwise = unknown_error(log, frozenset().union(*(one.orders for one in kept))) is not None
    found = [replace(one, ended_otherwise=otherwise) for one in kept]
    return found, [fault for fault in faults if fault]


def _add_readings(rule: Rule, log: Log, process: str, every: list[Found]) -> str | None:
    """Adds the rule's readings; a rule that breaks costs itself only, and its fault is told."""
    try:
        every += list(_readings(rule, log, process))
    except Exception as error:  # noqa: BLE001
        return f"a fault in envprobe: {rule.code}: {type(error).__name__}: {error}"
    return None


def _readings(rule: Rule, log: Log, process: str) -> Iterator[Found]:
    """One for each cause that the rule reads in its sightings."""
    read: dict[Cause, list[tuple[Reading, Sighting]]] = {}
    for sighting in log.all(rule.name):
        reading = _read(rule, sighting, log)
        if reading:
            read.setdefault(reading.cause or rule.cause, []).append((reading, sighting))
    for pairs in read.values():
        yield Found(
            rule=rule,
            reading=pairs[0][0],
            sightings=tuple(sighting for _, sighting in pairs),
            fields=_fields(pairs),
            log=log,
            process=process,
        )


def _read(rule: Rule, sighting: Sighting, log: Log) -> Reading | None:
    return Reading() if rule.read is None else rule.read(sighting, log)


def _fields(pairs: Iterable[tuple[Reading, Sighting]]) -> dict[str, Value]:
    """What the first sighting tells, completed by its repetitions."""
    fields: dict[str, Value] = {}
    for reading, sighting in pairs:
        told: dict[str, Value] = {**situation_of(sighting), **sighting.fields, **reading.fields}
        fields = {**told, **fields}
    return fields


def _without_said_better(one: Found, every: list[Found]) -> Found | None:
    """The reading without the lines that a rule it yields to reads as well."""
    better = [other for other in every if other is not one and yields(one, other)]
    taken = frozenset().union(*(other.orders for other in better))
    kept = tuple(sighting for sighting in one.sightings if sighting.line.order not in taken)
    if len(kept) == len(one.sightings) or _circular(one, better):
        return one
    if not kept:
        return None
    return replace(one, sightings=kept)


def _circular(one: Found, better: Iterable[Found]) -> bool:
    return any(yields(other, one) and other.rule.code > one.rule.code for other in better)


def yields(one: Found, other: Found) -> bool:
    """Whether the first is a consequence of the second by its rule's word."""
    names = one.rule.yields_to
    if one.rule is other.rule:
        return False
    return other.rule.name in names or other.cause.value in names
