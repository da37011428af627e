"""Two files compared: what counts as a change, and which parts are compared with which."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import envprobe
from envprobe.cluster.diff import DiffResult, diff
from envprobe.cluster.difference import Comparison
from envprobe.cluster.merge import merge
from envprobe.errors import EnvprobeError, UsageError
from envprobe.matrix import Cell, Matrix, TimingConditions
from envprobe.terms import Status

MakeCell = Callable[..., Cell]
MakeMatrix = Callable[..., Matrix]
WriteNode = Callable[..., Path]


def only(result: DiffResult) -> Comparison:
    [comparison] = result.diff.comparisons
    return comparison


@pytest.fixture
def compared(make_matrix: MakeMatrix) -> Any:
    """The comparison of two cells, or lists of cells, of one machine."""

    def run(before: Any, after: Any, **options: Any) -> Comparison:
        old, new = (
            make_matrix("a", *(side if isinstance(side, list) else [side]))
            for side in (before, after)
        )
        return only(diff(old, new, **options))

    return run


BAD = [status for status in Status if status is not Status.SUPPORTED]


@pytest.mark.parametrize("status", BAD)
def test_supported_to_anything_else_is_a_regression(
    compared: Any, make_cell: MakeCell, status: Status
) -> None:
    bad = make_cell(status=status, reason="now it says no")
    [change] = compared(make_cell(), bad).regressions
    assert (change.op, change.before, change.after) == ("MatMul", Status.SUPPORTED, status)
    assert (change.reason_before, change.reason_after) == (None, "now it says no")
    back = compared(bad, make_cell())
    assert (len(back.fixed), back.regressions) == (1, ())


def test_other_changes_are_no_regression(compared: Any, make_cell: MakeCell) -> None:
    old = make_cell(status=Status.NO_KERNEL, reason="none")
    one = compared(old, make_cell(status=Status.CRASHED, reason="signal 11"))
    assert (len(one.changed), one.regressions, one.fixed, one.reasons) == (1, (), (), ())


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ("CUDNN_STATUS_NOT_SUPPORTED at 0x7ff1, 12 tries", False),
        ("CUDNN_STATUS_BAD_PARAM at 0x7ff0, 11 tries", True),
    ],
)
def test_a_reason_with_other_numbers_is_the_same_reason(
    compared: Any, make_cell: MakeCell, after: str, changed: bool
) -> None:
    before = "CUDNN_STATUS_NOT_SUPPORTED at 0x7ff0, 11 tries"
    sides = [make_cell(status=Status.FAILED, reason=reason) for reason in (before, after)]
    assert bool(compared(*sides).reasons) == changed


def test_cells_of_one_side_are_listed_and_no_regression(compared: Any, make_cell: MakeCell) -> None:
    old, new = make_cell("Abs"), make_cell("Sin", status=Status.FAILED, reason="r")
    one = compared([make_cell(), old], [make_cell(), new])
    assert [(cell.op, cell.status) for cell in one.only_before] == [("Abs", Status.SUPPORTED)]
    assert [(cell.op, cell.status) for cell in one.only_after] == [("Sin", Status.FAILED)]
    assert (one.compared, one.regressions) == (1, ())


@pytest.mark.parametrize(
    ("after", "changes", "slower", "faster"),
    [
        (1.2e-3, {}, 1, 0),
        (1.09e-3, {}, 0, 0),  # under the bound
        (0.8e-3, {}, 0, 1),
        (1.2e-3, {"seconds_iqr": 0.3e-3}, 0, 0),  # within its spread
        (1.2e-3, {"unstable": True}, 0, 0),
        (1.2e-3, {"unstable": None}, 0, 0),
        (1.2e-3, {"conditions": TimingConditions(cpu_load=0.5)}, 0, 0),  # others were busy
        (1.2e-3, {"conditions": TimingConditions(cpu_load=0.1)}, 1, 0),
        (1.2e-3, {"conditions": TimingConditions(gpu_other_processes=2)}, 1, 0),  # on a CPU
        (1.2e-3, {"timed_shapes": {"a": [128, 128]}}, 0, 0),  # another piece of work
    ],
)
def test_a_time_changes_beyond_bound_and_noise(
    compared: Any, make_cell: MakeCell, after: float, changes: Any, slower: int, faster: int
) -> None:
    old = make_cell(seconds_median=1e-3)
    one = compared(old, make_cell(seconds_median=after, **changes))
    assert (len(one.slower), len(one.faster)) == (slower, faster)
    one = compared(make_cell(seconds_median=after, **changes), old)
    assert (len(one.slower), len(one.faster)) == (faster, slower)


def test_the_bound_can_be_chosen(compared: Any, make_cell: MakeCell) -> None:
    sides = [make_cell(seconds_median=seconds) for seconds in (1e-3, 1.2e-3)]
    assert compared(*sides, bound=0.25).slower == ()
    [change] = compared(*sides, bound=0.0).slower
    assert change.ratio == pytest.approx(1.2)
    for wrong in (-0.1, float("nan")):
        with pytest.raises(UsageError, match="bound"):
            compared(*sides, bound=wrong)


def test_what_changed_in_the_environment_is_named(make_matrix: MakeMatrix) -> None:
    old = make_matrix("a", driver="535.1", packages={"keras": "3.1", "numpy": "1.26"})
    new = make_matrix(
        "a", driver="550.2", packages={"keras": "3.2", "h5py": "3"}, cpu_isa=("avx", "fma")
    )
    one = only(diff(old, new))
    assert {change.name: (change.before, change.after) for change in one.environment} == {
        "driver": ("535.1", "550.2"),
        "packages.keras": ("3.1", "3.2"),
        "packages.numpy": ("1.26", None),
        "packages.h5py": (None, "3"),
        "cpu_isa": ("avx2", "fma"),
    }


def test_clusters_are_compared_node_by_node(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    names = ["n1", "n2", "n3"]
    old = merge([write_node(name, name=f"old-{name}") for name in [*names, "gone"]]).cluster
    bad = make_cell(status=Status.FAILED, reason="r")
    new = merge(
        [
            write_node("n1", driver="2", day=2),
            write_node("n2", bad, driver="2", day=2),
            write_node("n3", driver="2", day=2),
            write_node("new", driver="3"),
        ]
    ).cluster
    found = diff(old, new).diff
    pairs = [(one.after.nodes, len(one.regressions)) for one in found.comparisons]
    assert pairs == [(("n1", "n3"), 0), (("n2",), 1)]
    assert found.regressions == 1
    assert (found.nodes_only_before, found.nodes_only_after) == (("gone",), ("new",))


def test_a_group_is_compared_by_the_median_of_its_nodes(
    write_node: WriteNode, make_cell: MakeCell, tmp_path: Path
) -> None:
    def cluster(*seconds: float) -> Path:
        output = tmp_path / f"{seconds[0]}.json"
        nodes = [
            write_node(f"n{at}", make_cell(seconds_median=own)) for at, own in enumerate(seconds)
        ]
        merge(nodes, output=output)
        return output

    before, after = cluster(1.0e-3, 1.1e-3, 9e-3), cluster(1.4e-3, 1.5e-3, 1.6e-3)
    [change] = only(diff(before, after)).slower
    assert (change.seconds_before, change.seconds_after) == pytest.approx((1.1e-3, 1.5e-3))
    # One node of the cluster against its own matrix of today.
    today = write_node("n2", make_cell(seconds_median=9e-3))
    assert only(diff(before, today)).slower == ()
    assert len(only(diff(after, today)).slower) == 1


def test_without_a_common_node_the_devices_decide(
    write_node: WriteNode, make_cell: MakeCell, make_matrix: MakeMatrix
) -> None:
    kettle = write_node("a")
    cluster = merge([write_node("b"), write_node("c", driver="9"), write_node("d")]).cluster
    assert only(diff(kettle, cluster)).after.nodes == ("b", "d")
    other = make_matrix("z", devices=("CPU:0 CPU Coffee Pot",))
    with pytest.raises(UsageError, match="neither a node nor devices"):
        diff(other, cluster)


def test_two_matrices_are_compared_whatever_their_hosts(make_matrix: MakeMatrix) -> None:
    other = make_matrix("z", devices=("CPU:0 CPU Coffee Pot",))
    assert only(diff(make_matrix("a"), other)).environment[0].name == "devices"


def test_a_recorded_matrix_has_a_name(write_node: WriteNode) -> None:
    name = "amd-epyc-tensorflow-2.21.0-27f10af57420"
    one = only(diff(name, f"{name}.json"))
    assert one.compared > 1000
    assert one.nothing_changed


@pytest.mark.parametrize("content", [None, "", "{", '{"kind": "doctor"}', "[]"])
def test_what_is_neither_matrix_nor_cluster_is_refused(
    write_node: WriteNode, tmp_path: Path, content: str | None
) -> None:
    other = tmp_path / "other.json"
    if content is not None:
        other.write_text(content)
    with pytest.raises(EnvprobeError, match=r"other\.json") as refused:
        diff(write_node("a"), other)
    assert "\n" not in str(refused.value)
    with pytest.raises(EnvprobeError, match="envprobe merge"):
        diff(tmp_path, other)


CELLS = st.lists(
    st.tuples(
        st.sampled_from("ABCDEF"),
        st.sampled_from(Status),
        st.sampled_from([None, 1e-3, 1.05e-3, 2e-3]),
    ),
    unique_by=lambda row: row[0],
    min_size=1,
)
Rows = list[tuple[str, Status, float | None]]


@given(before=CELLS, after=CELLS)
def test_the_other_way_round_everything_is_reversed(
    make_cell: MakeCell, make_matrix: MakeMatrix, before: Rows, after: Rows
) -> None:
    def matrix(rows: Rows) -> Matrix:
        made = []
        for op, status, time in rows:
            timed = {"seconds_median": time} if time else {}
            reason = None if status is Status.SUPPORTED else "r"
            made.append(make_cell(op, status=status, reason=reason, **timed))
        return make_matrix("a", *made)

    one = only(diff(matrix(before), matrix(after)))
    back = only(diff(matrix(after), matrix(before)))
    assert [c.op for c in one.regressions] == [c.op for c in back.fixed]
    assert {c.op for c in one.slower} == {c.op for c in back.faster}
    assert one.only_before == back.only_after
    assert one.compared + len(one.only_before) == len(before)
    assert only(diff(matrix(before), matrix(before))).nothing_changed


def test_the_library_has_it_under_its_own_name(make_matrix: MakeMatrix) -> None:
    result = envprobe.diff(make_matrix("a"), make_matrix("a"))
    assert (result.regressed, result.slowed) == (False, False)
    document = msgspec.json.decode(msgspec.json.encode(result.diff))
    assert (document["kind"], document["format_version"]) == ("diff", 1)
