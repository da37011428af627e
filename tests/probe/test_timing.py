"""Cells timed by real workers that say how long things took."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Device
from envprobe.ops.row import InputSpec, Row, Variant
from envprobe.probe.lane import Lane
from envprobe.probe.lanes import Seat
from envprobe.probe.plan import Probe
from envprobe.probe.pool import Pool
from envprobe.probe.timing import ROUNDS, TimingJob, time_cells
from envprobe.terms import Direction, Status

WORKER = Path(__file__).with_name("scripted_worker.py")
CPU = Device(name="CPU:0", device_type="CPU")
PRODUCT = Row(
    family="matmul",
    inputs={
        "a": InputSpec(shape=(2, 3), timed_shape=(20, 30)),
        "b": InputSpec(shape=(3, 4), timed_shape=(30, 40)),
    },
    gradient=("a", "b"),
    dtypes=("float32",),
    timed=("float32",),
    flops="2 * a[0] * a[1] * b[1]",
)


def lane(workers: int = 2) -> Lane:
    return Lane(name="CPU", config={}, workers=workers, limit_seconds=20, hello_limit_seconds=20)


def job(
    op: str,
    row: Row = PRODUCT,
    *,
    variant: str = "default",
    direction: Direction = "forward",
    dtype: str = "float32",
) -> TimingJob:
    key = CellKey(op, variant, dtype, "CPU:0", direction, "graph")
    cell = Cell(**key._asdict(), status=Status.SUPPORTED)
    probe = Probe(key=key, row=row, timed=True)
    return TimingJob(probe, cell, CPU, Seat(lane=lane(), local_name="CPU:0"))


class Timed:
    """What came of timing `jobs` with workers that follow `script`."""

    def __init__(
        self, folder: Path, script: dict[str, Any], jobs: Sequence[TimingJob], workers: int = 2
    ) -> None:
        (folder / "script.json").write_text(json.dumps(script))
        self.answered: list[Cell] = []
        with Pool((sys.executable, "-S", str(WORKER), str(folder))) as pool:
            with pool.exclusive(lane(workers), most=workers) as seats:
                time_cells(seats, jobs, self.answered.append)
            self.restarts = pool.restarts
        self.log = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
        self.cells = {cell.op: cell for cell in self.answered}  # the last word on each

    def asked(self, ask: str, op: str) -> list[int]:
        """Which workers were asked this, in order."""
        return [row["worker"] for row in self.log if (row["ask"], row["op"]) == (ask, op)]


def test_a_timed_cell_has_its_numbers(tmp_path: Path) -> None:
    timed = Timed(tmp_path, {"A": {"seconds": [0.004]}}, [job("A")])
    cell = timed.cells["A"]
    assert cell.status is Status.SUPPORTED
    assert cell.reason is None
    assert cell.seconds_median == pytest.approx(0.004)
    assert cell.seconds_iqr == pytest.approx(0)
    assert cell.samples is not None
    assert cell.samples >= 2 * 7
    assert cell.unstable is False
    assert cell.timed_shapes == {"a": [20, 30], "b": [30, 40]}
    assert cell.conditions is not None
    assert cell.conditions.sm_clock_hertz is None


def test_two_workers_take_a_round_each_and_forget_what_they_prepared(tmp_path: Path) -> None:
    timed = Timed(tmp_path, {}, [job("A"), job("B")])
    for op in ("A", "B"):
        assert timed.asked("prepare", op) == [0, 1]
        assert timed.asked("release", op) == [0, 1]
    order = [(row["worker"], row["op"]) for row in timed.log if row["ask"] == "prepare"]
    assert order == [(0, "A"), (0, "B"), (1, "A"), (1, "B")]
    assert [cell.op for cell in timed.answered] == ["A", "B"] * ROUNDS
    assert all(cell.seconds_median for cell in timed.answered)  # a kill keeps the first round


def test_one_worker_takes_both_rounds(tmp_path: Path) -> None:
    timed = Timed(tmp_path, {}, [job("A"), job("B")], workers=1)
    assert timed.asked("prepare", "A") == [0, 0]
    assert timed.cells["A"].unstable is False


def test_what_differs_between_the_rounds_is_unstable(tmp_path: Path) -> None:
    script = {"drifts": {"seconds": [0.002, 0.003]}, "stays": {"seconds": [0.002, 0.00201]}}
    timed = Timed(tmp_path, script, [job("drifts"), job("stays")])
    assert timed.cells["drifts"].unstable is True
    assert timed.cells["stays"].unstable is False


def test_a_cell_that_cannot_be_prepared_stays_supported_and_says_why(tmp_path: Path) -> None:
    refusal = {"status": "out_of_memory", "reason": "no 8 GiB left"}
    timed = Timed(tmp_path, {"A": {"prepare": refusal}}, [job("A"), job("B")])
    assert timed.cells["A"].status is Status.SUPPORTED
    assert timed.cells["A"].reason == "not timed: no 8 GiB left"
    assert timed.cells["A"].seconds_median is None
    assert timed.cells["A"].unstable is None
    assert timed.asked("prepare", "A") == [0]  # once is enough
    assert timed.cells["B"].seconds_median is not None


@pytest.mark.parametrize("when", ["prepare", "sample"])
def test_a_worker_that_dies_costs_the_cell_it_was_on(tmp_path: Path, when: str) -> None:
    timed = Timed(tmp_path, {"B": {when: "kill"}}, [job("A"), job("B"), job("C")])
    assert timed.cells["B"].status is Status.SUPPORTED
    assert timed.cells["B"].reason == "not timed: SIGKILL"
    assert timed.cells["B"].seconds_median is None
    assert timed.asked(when, "B") == [0]
    for op in ("A", "C"):
        assert timed.cells[op].seconds_median is not None
        assert timed.cells[op].unstable is False
    assert timed.restarts == 1


def test_a_death_in_the_second_round_keeps_the_first(tmp_path: Path) -> None:
    timed = Timed(tmp_path, {"A": {"sample": "kill in round 2"}}, [job("A"), job("B")])
    cell = timed.cells["A"]
    assert cell.seconds_median == pytest.approx(0.002)
    assert cell.unstable is True
    assert cell.reason == "not timed to the end: SIGKILL"
    assert timed.cells["B"].unstable is False


@pytest.mark.parametrize(
    "script",
    [
        {"sample": {}},
        {"sample": {"seconds": -1.0}},
        {"sample": {"seconds": float("nan")}},
        {"sample": {"seconds": "long"}},
        {"prepare": {"handle": 1}},
        {"prepare": {"handle": 1, "shapes": {"a": "wide"}, "item_bytes": []}},
    ],
    ids=str,
)
def test_garbage_costs_the_cell_it_was_about(tmp_path: Path, script: dict[str, Any]) -> None:
    timed = Timed(tmp_path, {"A": script}, [job("A"), job("B")])
    assert timed.cells["A"].status is Status.SUPPORTED
    assert str(timed.cells["A"].reason).startswith("not timed: answered garbage: ")
    assert timed.cells["B"].seconds_median is not None


def test_a_worker_that_does_not_start_again_is_not_waited_for_with_every_cell(
    tmp_path: Path,
) -> None:
    script = {"A": {"sample": "kill"}, "hello": {"dies after": 1}}
    timed = Timed(tmp_path, script, [job(op) for op in "ABCD"], workers=1)
    assert timed.cells["A"].reason == "not timed: SIGKILL"
    for op in "BCD":
        assert timed.cells[op].reason == (
            "not timed: CPU: the worker did not start: exited with code 7"
        )
    assert len(list(tmp_path.glob("worker.*"))) == 3  # the first, and two attempts


def test_rates_come_from_the_rows_formulas(tmp_path: Path) -> None:
    jobs = [
        job("forward"),
        job("gradient", direction="gradient"),
        job("half", Row(family="x", inputs=PRODUCT.inputs, bytes="itemsize * size(a)")),
        job("variant", _with_variant(), variant="odd"),
        job("variant gradient", _with_variant(), variant="odd", direction="gradient"),
    ]
    cells = Timed(tmp_path, {}, jobs).cells
    product = 2 * 20 * 30 * 40
    assert _flops(cells["forward"]) == pytest.approx(product)
    assert _bytes(cells["forward"]) == pytest.approx(4 * (20 * 30 + 30 * 40))
    # The forward pass, and a product of the same size for each of the two inputs.
    assert _flops(cells["gradient"]) == pytest.approx(3 * product)
    assert cells["gradient"].bytes_per_second is None
    assert cells["half"].flops_per_second is None
    assert _bytes(cells["half"]) == pytest.approx(4 * 20 * 30)
    assert _flops(cells["variant"]) == pytest.approx(7)
    assert _flops(cells["variant gradient"]) == pytest.approx(14)


def _with_variant() -> Row:
    odd = {"odd": Variant(flops="7", gradient=("a",))}
    return Row(family="x", inputs=PRODUCT.inputs, flops="1", gradient=("a", "b"), variants=odd)


def _flops(cell: Cell) -> float:
    assert cell.flops_per_second is not None
    assert cell.seconds_median is not None
    return cell.flops_per_second * cell.seconds_median


def _bytes(cell: Cell) -> float:
    assert cell.bytes_per_second is not None
    assert cell.seconds_median is not None
    return cell.bytes_per_second * cell.seconds_median


def test_bytes_are_unknown_where_sizes_and_shapes_do_not_match(tmp_path: Path) -> None:
    prepared = {"handle": 1, "shapes": {"a": [2], "b": [2]}, "item_bytes": [4]}
    timed = Timed(tmp_path, {"A": {"prepare": prepared}}, [job("A", Row(family="x"))])
    assert timed.cells["A"].seconds_median is not None
    assert timed.cells["A"].bytes_per_second is None


def test_a_formula_that_does_not_fit_the_answer_costs_its_rate_only(tmp_path: Path) -> None:
    row = Row(family="x", inputs=PRODUCT.inputs, flops="2 * weights[0]")
    cell = Timed(tmp_path, {}, [job("A", row)]).cells["A"]
    assert cell.seconds_median is not None
    assert cell.flops_per_second is None
    assert "weights" in str(cell.reason)
