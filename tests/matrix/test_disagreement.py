"""Registry and execution disagree where one of them says yes and the other no."""

from __future__ import annotations

import pytest

from envprobe.matrix.cell import Cell
from envprobe.matrix.disagreement import disagreements, disagrees
from envprobe.terms import Status

CONTRADICTED = {
    *(Status.NO_KERNEL, Status.UNIMPLEMENTED, Status.WRONG_RESULT),
    *(Status.FAILED, Status.CRASHED, Status.TIMED_OUT),
}


def cell(status: Status, registered: bool | None) -> Cell:
    return Cell(
        op="Conv2D",
        variant="nchw",
        dtype="float16",
        device="CPU:0",
        direction="forward",
        mode="graph",
        status=status,
        reason=None if status is Status.SUPPORTED else "told",
        registered=registered,
    )


@pytest.mark.parametrize("status", list(Status))
def test_what_is_registered_should_work(status: Status) -> None:
    assert disagrees(cell(status, registered=True)) is (status in CONTRADICTED)


@pytest.mark.parametrize("status", list(Status))
def test_what_is_not_registered_should_not_work(status: Status) -> None:
    assert disagrees(cell(status, registered=False)) is (status is Status.SUPPORTED)


@pytest.mark.parametrize("status", list(Status))
def test_what_the_registry_cannot_tell_contradicts_nothing(status: Status) -> None:
    assert not disagrees(cell(status, registered=None))


def test_the_disagreeing_cells_are_found_in_their_order() -> None:
    cells = [
        cell(Status.UNIMPLEMENTED, registered=True),
        cell(Status.SUPPORTED, registered=True),
        cell(Status.SUPPORTED, registered=False),
        cell(Status.UNTESTED, registered=True),
    ]
    assert disagreements(iter(cells)) == [cells[0], cells[2]]
    assert disagreements([]) == []
