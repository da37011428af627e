"""Root, consequence, harmless: by kind, order, what yields to what, and whether it went on."""

from __future__ import annotations

from dataclasses import replace

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.judging.causality import Judged, judged
from envprobe.diagnose.judging.found import Found
from envprobe.diagnose.line import Line
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

RULE = Rule(
    code="LOG000",
    name="rule",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    patterns=(Pattern("never seen"),),
    seen="",
    why="",
    fix="",
    source="",
    hits=(),
    misses=(),
)


def found(
    name: str,
    order: int,
    *,
    kind: Kind = Kind.FATAL,
    cause: Cause = Cause.SHAPE_MISMATCH,
    yields_to: tuple[str, ...] = (),
    process: str = "a",
    progress: tuple[int, ...] = (),
) -> Found:
    line = Line(file="x", number=order, order=order, text=name)
    sighting = Sighting(name=name, line=line, fields={})
    rule = replace(RULE, code=name, name=name, kind=kind, cause=cause, yields_to=yields_to)
    log = Log([sighting], progress)
    return Found(
        rule=rule, reading=Reading(), sightings=(sighting,), fields={}, log=log, process=process
    )


def roles(*every: Found, begins: dict[str, float] | None = None) -> list[tuple[str, str, str]]:
    def row(one: Judged) -> tuple[str, str, str]:
        return one.found.rule.name, one.role, one.of.rule.name if one.of else ""

    return [row(one) for one in judged(every, begins or {})]


def test_the_earliest_of_one_kind_leads_and_the_later_follow() -> None:
    assert roles(found("late", 9), found("early", 1)) == [
        ("early", "root", ""),
        ("late", "consequence", "early"),
    ]


def test_what_names_the_cause_outweighs_what_may_have_several() -> None:
    symptom, fatal = found("symptom", 1, kind=Kind.SYMPTOM), found("fatal", 9)
    assert roles(symptom, fatal)[0] == ("fatal", "root", "")


def test_less_of_something_did_not_end_the_run() -> None:
    lesser, fatal = found("no-gpu", 1, kind=Kind.DEGRADED), found("fatal", 9)
    assert roles(lesser, fatal) == [("fatal", "root", ""), ("no-gpu", "benign", "")]
    assert roles(lesser) == [("no-gpu", "root", "")]


def test_a_consequence_points_at_its_cause_by_name_or_by_slug() -> None:
    cause = found("too-old", 1, kind=Kind.DEGRADED, cause=Cause.DRIVER_TOO_OLD)
    by_name = found("one", 5, yields_to=("too-old",))
    by_slug = found("two", 6, yields_to=("driver-too-old",))
    assert roles(by_name, by_slug, cause) == [
        ("too-old", "root", ""),
        ("one", "consequence", "too-old"),
        ("two", "consequence", "too-old"),
    ]


def test_two_that_yield_to_each_other_are_no_circle() -> None:
    one, two = found("one", 1, yields_to=("two",)), found("two", 2, yields_to=("one",))
    assert roles(two, one) == [("one", "root", ""), ("two", "consequence", "one")]


def test_an_error_that_was_overcome_is_not_the_cause() -> None:
    retried = found("retried", 1, progress=(5, 6, 7, 8))
    assert roles(retried, found("last", 9))[0] == ("last", "root", "")
    assert roles(retried) == [("retried", "benign", "")]
    # One bar that reaches the file late is no progress.
    assert roles(found("ended", 1, progress=(5,))) == [("ended", "root", "")]


def test_what_is_harmless_never_leads() -> None:
    assert roles(found("noise", 1, kind=Kind.BENIGN)) == [("noise", "benign", "")]


def test_the_process_that_failed_first_leads() -> None:
    first, second = found("first", 900, process="b"), found("second", 1, process="a")
    told = roles(second, first, begins={"a": 20.0, "b": 10.0})
    assert told == [("first", "root", ""), ("second", "consequence", "first")]


def test_the_cause_may_be_in_another_process() -> None:
    lost = found("peer-lost", 1, kind=Kind.SYMPTOM, yields_to=("oom-gpu",), process="a")
    memory = found("memory", 50, cause=Cause.OOM_GPU, process="b")
    assert roles(lost, memory) == [("memory", "root", ""), ("peer-lost", "consequence", "memory")]


def test_of_what_weighs_the_least_there_is_a_root_too() -> None:
    assert roles(found("wrapper", 1, kind=Kind.WRAPPER)) == [("wrapper", "root", "")]
