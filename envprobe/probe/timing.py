"""The timing phase: supported cells measured alone, in rounds that lie some seconds apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from envprobe.errors import FileFormatError
from envprobe.matrix.cell import Cell
from envprobe.matrix.matrix import Device
from envprobe.measure.sampling import Sampling
from envprobe.measure.stopping import SamplingRule
from envprobe.ops.formula import evaluate, itemsize_of
from envprobe.probe.conditions import Conditions
from envprobe.probe.lane import LaneFailed, LaneWorker
from envprobe.probe.lanes import Seat
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.plan import Probe, question

# All cells are measured once, then all of them again: what slows a machine down for a while
# (other load, heat) falls into one round of a cell and is seen as drift. Each round in another
# process, where there are several: some differences last as long as a process does (where its
# memory lies, on which cores its threads started).
ROUNDS = 2
RULE = SamplingRule(budget_seconds=0.08, warm_up_seconds=0.04, min_sample_seconds=0.005)
QUICK_RULE = SamplingRule(budget_seconds=0.03, warm_up_seconds=0.02, min_sample_seconds=0.003)


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker answers to `prepare`: input and output shapes, bytes of their elements."""

    handle: int
    shapes: dict[str, list[int]]
    item_bytes: list[int]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker answers to `sample`."""

    seconds: float


class TimingJob:
    """One supported cell, and what has been measured of it so far."""

    def __init__(
        self,
        probe: Probe,
        cell: Cell,
        device: Device,
        seat: Seat,
        rule: SamplingRule = RULE,
    ) -> None:
        self.probe = probe
        self.cell = cell
        self.seat = seat
        self.question = question(probe, device, seat.local_name, timed=True)
        self.sampling = Sampling(rule)
        self.conditions = Conditions(device)
        self.prepared: Prepared | None = None
        self.failure: str | None = None


def time_cells(
    workers: Sequence[LaneWorker], jobs: Sequence[TimingJob], answered: Callable[[Cell], None]
) -> None:
    """Measure all `jobs`, one at a time; `answered` gets each cell after every round.

    A cell that cannot be timed stays supported, and says why it has no timing.
    """
    gone: dict[int, LaneFailed] = {}  # workers that cannot be started again: each try may hang
    for number in range(ROUNDS):
        place = number % len(workers)
        for job in jobs:
            if place in gone:
                job.failure = job.failure or str(gone[place])
            if not job.failure:
                try:
                    _one_round(workers[place], job, number)
                except LaneFailed as failed:
                    gone[place] = failed
                    job.failure = str(failed)
            answered(timed_cell(job))


def _one_round(worker: LaneWorker, job: TimingJob, number: int) -> None:
    if number:
        job.sampling.reopen()
    try:
        answer = worker.ask({"ask": "prepare", "cell": job.question})
        if "handle" not in answer:
            job.failure = str(answer.get("reason"))
            return
        job.prepared = msgspec.convert(answer, Prepared)
        with job.conditions.observed(worker.pid):
            _sample(worker, job, job.prepared.handle)
        worker.ask({"ask": "release", "handle": job.prepared.handle})
    except (WorkerLost, WorkerRefused) as error:
        job.failure = str(error)
    except (msgspec.ValidationError, ValueError) as error:
        job.failure = f"answered garbage: {error}"


def _sample(worker: LaneWorker, job: TimingJob, handle: int) -> None:
    while (loops := job.sampling.next_loops()) is not None:
        answer = worker.ask({"ask": "sample", "handle": handle, "loops": loops})
        job.sampling.add(msgspec.convert(answer, Sample).seconds)


def timed_cell(job: TimingJob) -> Cell:
    """The cell with what was measured; a failure late in the rounds does not lose the earlier."""
    replace = msgspec.structs.replace
    try:
        timing = job.sampling.timing()
    except ValueError:  # not one sample
        return replace(job.cell, reason=f"not timed: {job.failure or 'no sample came'}")
    assert job.prepared is not None  # noqa: S101  what was sampled was prepared
    why = f"not timed to the end: {job.failure}" if job.failure else job.cell.reason
    flops = moved = None
    try:
        flops = _flops(job.probe, job.prepared.shapes)
        moved = _bytes(job.probe, job.prepared)
    except FileFormatError as error:  # the formula does not fit what this TensorFlow answers
        why = why or str(error)
    return replace(
        job.cell,
        reason=why,
        seconds_median=timing.seconds_median,
        seconds_iqr=timing.seconds_iqr,
        samples=timing.samples,
        unstable=timing.unstable or job.failure is not None,
        flops_per_second=_rate(flops, timing.seconds_median),
        bytes_per_second=_rate(moved, timing.seconds_median),
        timed_shapes=job.prepared.shapes,
        conditions=job.conditions.seen(),
    )


def _rate(amount: float | None, seconds: float) -> float | None:
    return amount / seconds if amount is not None and seconds > 0 else None


def _flops(probe: Probe, shapes: dict[str, list[int]]) -> float | None:
    """Floating-point operations of one execution.

    A gradient is timed with its forward pass; each watched input of a matrix product or a
    convolution costs about one forward pass more.
    """
    formula = probe.row.flops
    variant = probe.row.variants.get(probe.key.variant)
    if variant is not None and variant.flops is not None:
        formula = variant.flops
    if formula is None:
        return None
    forward = evaluate(formula, shapes)
    if probe.key.direction == "forward":
        return forward
    watched = (
        probe.row.gradient if variant is None or variant.gradient is None else variant.gradient
    )
    return forward * (1 + len(watched))


def _bytes(probe: Probe, prepared: Prepared) -> float | None:
    """Bytes that have to move: every input read once, every output written once.

    None for gradients: what a backward pass reads and writes does not follow from its shapes.
    """
    if probe.key.direction == "gradient":
        return None
    if probe.row.bytes is not None:
        itemsize = itemsize_of(probe.key.dtype)
        return evaluate(probe.row.bytes, prepared.shapes, itemsize=itemsize)
    sizes = [math.prod(shape) for shape in prepared.shapes.values()]
    if len(sizes) != len(prepared.item_bytes):
        return None
    return float(sum(map(int.__mul__, sizes, prepared.item_bytes)))
