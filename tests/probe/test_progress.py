"""What a scan says of itself."""

from __future__ import annotations

import time

from envprobe.matrix.cell import Cell
from envprobe.probe.progress import Narrator, Progress
from envprobe.terms import Status

CELL = Cell(
    op="MatMul",
    variant="default",
    dtype="float16",
    device="GPU:1",
    direction="gradient",
    mode="graph",
    status=Status.SUPPORTED,
)


def test_phases_and_steps_are_told() -> None:
    told: list[Progress] = []
    narrator = Narrator(told.append)
    narrator.begin("starting", current="importing TensorFlow")
    narrator.begin("support", total=3)
    narrator.step(CELL)
    narrator.step(CELL)
    narrator.begin("saving")
    assert [(p.phase, p.done, p.total) for p in told] == [
        ("starting", 0, 0),
        ("support", 0, 3),
        ("support", 1, 3),
        ("support", 2, 3),
        ("saving", 0, 0),
    ]
    assert told[0].current == "importing TensorFlow"
    assert told[2].current == "MatMul default float16 gradient graph on GPU:1"
    assert [p.remaining_seconds is None for p in told] == [True, True, False, False, True]
    elapsed = [p.elapsed_seconds for p in told]
    assert elapsed == sorted(elapsed)


def test_what_remains_follows_from_the_pace_of_the_phase() -> None:
    told: list[Progress] = []
    narrator = Narrator(told.append)
    time.sleep(0.1)  # of another phase: says nothing about this one
    began = time.monotonic()
    narrator.begin("support", total=4)
    time.sleep(0.02)
    narrator.step(CELL)
    spent = time.monotonic() - began
    assert told[-1].remaining_seconds is not None
    assert 3 * 0.02 <= told[-1].remaining_seconds <= 3 * spent
    for _ in range(3):
        narrator.step(CELL)
    assert told[-1].remaining_seconds == 0


def test_phases_are_clocked() -> None:
    narrator = Narrator(lambda _: None)
    narrator.begin("support")
    time.sleep(0.03)
    narrator.begin("timing")
    narrator.begin("saving")
    assert 0.03 <= narrator.seconds_of("support") <= narrator.elapsed_seconds
    rest = narrator.elapsed_seconds - narrator.seconds_of("support")
    assert 0 <= narrator.seconds_of("timing") <= rest + 0.001  # rounded to milliseconds
    assert narrator.seconds_of("starting") == 0
