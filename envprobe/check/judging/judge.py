"""Each requirement of an op list held against one device, by the best evidence that there is.

A measured cell of the same kind of node decides. Where there is none, the kernel registry does,
unless kernels like it are known to refuse such a node when they run. What the device has no kernel
for, TensorFlow puts on the CPU beside it, also where the code pins the node to the device: soft
placement is on by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envprobe.check.judgement import Judgement
from envprobe.check.judging.backward import Backward
from envprobe.check.judging.emulated import is_emulated, lacking_on
from envprobe.check.judging.kind import Kind, kind_of
from envprobe.check.judging.measured import Measurements, judge_measured, measurements_of
from envprobe.check.judging.recorded import judge_recorded
from envprobe.check.judging.refusals import judge_refusals, triggered
from envprobe.check.judging.registered import carries_numbers, judge_registered
from envprobe.check.target import Target
from envprobe.matrix.matrix import Device
from envprobe.models.oplist import OpList
from envprobe.ops.catalog import load_catalog
from envprobe.terms import Evidence, Status


class _Place(NamedTuple):
    """A target, prepared for one op list."""

    target: Target
    measurements: Measurements
    backward: Backward
    lacking: frozenset[str]
    compiles: bool  # XLA compiled the whole step for this kind of device


def judge(oplist: OpList, target: Target) -> tuple[Judgement, ...]:
    """What becomes of each requirement there, in the op list's order."""
    place = _place(oplist, target)
    known: dict[bytes, Judgement] = {}
    found = []
    for requirement in oplist.requirements:
        kind = kind_of(requirement)
        if kind.key not in known:
            known[kind.key] = _on_device(kind, place)
        found.append(known[kind.key]._replace(requirement=requirement))
    return tuple(found)


def _place(oplist: OpList, target: Target) -> _Place:
    composites = (name for name, row in load_catalog().items() if row.composite)
    return _Place(
        target=target,
        measurements=measurements_of(target.cells, frozenset(oplist.ops).union(composites)),
        backward=Backward(oplist.ops, target.registrations),
        lacking=lacking_on(target),
        compiles=_was_compiled(oplist, target),
    )


def _was_compiled(oplist: OpList, target: Target) -> bool:
    """Whether XLA was asked to compile this step for this device type and release, and did."""
    said = oplist.lowering
    return (
        said is not None
        and said.error_type is None
        and said.unknown is None
        and target.device.device_type == "CPU"
        and target.tensorflow in (None, oplist.tensorflow)
    )


def _on_device(kind: Kind, place: _Place) -> Judgement:
    """The answer with what TensorFlow does about a missing kernel, and the kind of arithmetic."""
    requirement = kind.requirement
    if requirement.device == "CPU" and place.target.device.device_type != "CPU":
        return _on_cpu(kind, place)
    found = _by_evidence(kind, place)
    if found.outcome == "runs" and is_emulated(requirement, place.lacking):
        return found._replace(emulated=True)
    if found.outcome != "fails" or found.status is not Status.NO_KERNEL:
        return found
    if requirement.compiled or place.target.device.device_type == "CPU":
        return found
    return _beside(found, kind, place)


def _beside(missing: Judgement, kind: Kind, place: _Place) -> Judgement:
    """A node without a kernel on the accelerator: it runs on the CPU, if that has one."""
    there = _on_cpu(kind, place)
    if there.outcome == "fails":
        return there._replace(reason=f"{missing.reason}; on the CPU: {there.reason}")
    if there.outcome == "unknown":
        return there
    if not carries_numbers(missing.requirement):
        return there
    return missing._replace(outcome="falls_back")


def _on_cpu(kind: Kind, place: _Place) -> Judgement:
    target = place.target
    cpu = target.cpu or target._replace(device=Device(name="CPU:0", device_type="CPU"), cells=())
    cells = measurements_of(cpu.cells, {match.op for match in (*kind.matches, *kind.covering)})
    return _by_evidence(kind, place._replace(target=cpu, measurements=cells))


def _by_evidence(kind: Kind, place: _Place) -> Judgement:
    """The first answer, from the best evidence to the weakest.

    Where that one does not know, a weaker one may still know that the node fails.
    """
    answers = (answer for answer in _answers(kind, place) if answer is not None)
    first = next(answers)
    if first.outcome != "unknown":
        return first
    return next((answer for answer in answers if answer.outcome == "fails"), first)


def _answers(kind: Kind, place: _Place) -> Iterator[Judgement | None]:
    requirement, target = kind.requirement, place.target
    refusals = triggered(kind, target.device.device_type)
    misled_alone = any(row.misled_alone for row in refusals)
    yield judge_measured(
        kind,
        place.measurements,
        place.backward.matches_of(kind),
        target.registrations,
        misled_alone=misled_alone,
        refusable=bool(refusals),
    )
    if requirement.compiled and place.compiles:
        yield Judgement(requirement, "runs", Evidence.REGISTERED)
    if refusals:
        yield judge_refusals(requirement, refusals, target)
    else:  # what was recorded of such nodes depended on that machine's oneDNN
        yield judge_recorded(kind, target)
    yield judge_registered(requirement, target)
