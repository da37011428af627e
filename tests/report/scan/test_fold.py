from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from envprobe.matrix.cell import Cell
from envprobe.report.scan.fold import fold, fold_by_op
from envprobe.report.symbols import BY_STATUS, LOUD, Mark
from envprobe.terms import DIRECTIONS, MODES, Direction, Status

CELLS = st.builds(
    Cell,
    op=st.just("Conv2D"),
    variant=st.sampled_from(["nhwc", "nchw"]),
    dtype=st.just("float32"),
    device=st.just("CPU:0"),
    direction=st.sampled_from(DIRECTIONS),
    mode=st.sampled_from(MODES),
    status=st.sampled_from(Status),
)


def cell(status: Status, direction: Direction = "forward", op: str = "Conv2D") -> Cell:
    return Cell(
        op=op, variant="nhwc", dtype="float32", device="CPU:0", direction=direction,
        mode="eager", status=status,
    )  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_the_mark_is_true_of_all_cells(cells: list[Cell]) -> None:
    mark, statuses = fold(cells), {one.status for one in cells}
    assert (mark is Mark.SUPPORTED) == (statuses == {Status.SUPPORTED})
    if statuses & set(LOUD):
        assert mark in {BY_STATUS[status] for status in LOUD}
    elif mark not in (Mark.FORWARD_ONLY, Mark.DIFFERS):
        assert statuses == {Status[mark.name]}


def test_forward_only_needs_every_forward_and_no_gradient() -> None:
    good = cell(Status.SUPPORTED)
    assert fold([good, cell(Status.NO_KERNEL, "gradient")]) is Mark.FORWARD_ONLY
    assert fold([good, cell(Status.UNTESTED, "gradient")]) is Mark.DIFFERS
    some = [cell(Status.NO_KERNEL, "gradient"), cell(Status.SUPPORTED, "gradient")]
    assert fold([good, *some]) is Mark.DIFFERS
    assert fold([good, cell(Status.NO_KERNEL)]) is Mark.DIFFERS


def test_ops_are_sorted_without_regard_to_case() -> None:
    cells = [cell(Status.SUPPORTED, op=op) for op in ("Zeta", "abs", "LRN", "Log")]
    assert list(fold_by_op(cells)) == ["abs", "Log", "LRN", "Zeta"]
