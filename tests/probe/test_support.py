"""Support cells asked of real workers that follow a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from envprobe.matrix.cell import Cell, CellKey
from envprobe.matrix.matrix import Device
from envprobe.ops.row import InputSpec, Row
from envprobe.probe.lane import Lane, LaneFailed
from envprobe.probe.lanes import Seat, Seats
from envprobe.probe.plan import Probe
from envprobe.probe.pool import Pool
from envprobe.probe.support import ask_support, untested
from envprobe.terms import Status

WORKER = Path(__file__).with_name("scripted_worker.py")
ROW = Row(family="x", inputs={"a": InputSpec(shape=(2, 3))}, attrs={"alpha": 0.5})
DEVICES = {
    name: Device(name=name, device_type=name.split(":")[0]) for name in ("CPU:0", "GPU:0", "GPU:1")
}


def lane(name: str, workers: int = 1) -> Lane:
    return Lane(name=name, config={}, workers=workers, limit_seconds=20, hello_limit_seconds=20)


def seats(cpu_workers: int = 1) -> Seats:
    together = lane("all devices")
    by_device = {
        "CPU:0": Seat(lane=lane("CPU", cpu_workers), local_name="CPU:0"),
        "GPU:0": Seat(lane=lane("GPU:0"), local_name="GPU:0"),
        "GPU:1": Seat(lane=lane("GPU:1"), local_name="GPU:0"),
    }
    return Seats(by_device=by_device, together=together)


def probe(op: str, device: str = "CPU:0", row: Row = ROW, dtype: str = "float32") -> Probe:
    key = CellKey(op, "default", dtype, device, "forward", "eager")
    return Probe(key=key, row=row, timed=False)


class Asked:
    """What came of asking `probes` of workers that follow `script`."""

    def __init__(
        self,
        folder: Path,
        script: Mapping[str, Any],
        probes: Sequence[Probe],
        places: Seats | None = None,
    ) -> None:
        (folder / "script.json").write_text(json.dumps(script))
        self.answered: list[Cell] = []
        with Pool((sys.executable, "-S", str(WORKER), str(folder))) as pool:
            self.failed: dict[str, LaneFailed] = ask_support(
                pool, probes, DEVICES, places or seats(), self.answered.append
            )
        self.cells = {cell.key: cell for cell in self.answered}
        log = folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        self.runs = [row for row in map(json.loads, lines) if row["ask"] == "run"]

    def cell(self, op: str) -> Cell:
        return next(cell for cell in self.answered if cell.op == op)


def test_an_answer_becomes_a_cell(tmp_path: Path) -> None:
    answer = {
        "status": "wrong_result",
        "reason": "off by one",
        "shapes": {"a": [2, 3], "output:0": []},
        "max_relative_error": 0.5,
        "peak_bytes": 4096,
    }
    asked = Asked(tmp_path, {"A": {"run": answer}}, [probe("A"), probe("B")])
    assert asked.failed == {}
    assert asked.cell("A") == Cell(
        **probe("A").key._asdict(),
        status=Status.WRONG_RESULT,
        reason="off by one",
        attrs={"alpha": 0.5},
        shapes={"a": [2, 3], "output:0": []},
        max_relative_error=0.5,
        peak_bytes=4096,
    )
    assert asked.cell("B").status is Status.SUPPORTED
    assert asked.cell("B").seconds_median is None


@pytest.mark.parametrize("status", sorted(set(Status)))
def test_every_status_can_be_answered(tmp_path: Path, status: Status) -> None:
    answer: dict[str, Any] = {"status": status.value, "reason": "so", "shapes": {}}
    answer |= {"max_relative_error": None, "peak_bytes": None}
    asked = Asked(tmp_path, {"A": {"run": answer}}, [probe("A")])
    assert asked.cell("A").status is status


def test_a_death_costs_one_cell(tmp_path: Path) -> None:
    probes = [probe("A"), probe("B", dtype="float16"), probe("B"), probe("C")]
    asked = Asked(tmp_path, {"B": {"run": "kill"}}, probes)
    assert [cell.status.value for cell in asked.answered] == [
        "supported",
        "crashed",
        "crashed",
        "supported",
    ]
    assert asked.answered[1].reason == "SIGKILL"
    assert asked.answered[1].attrs == {"alpha": 0.5}
    assert asked.failed == {}


@pytest.mark.parametrize(
    "garbage",
    [
        {},
        {"status": "splendid"},
        {"status": "supported", "reason": 7},
        {"shapes": [1, 2]},
        {"max_relative_error": "small"},
    ],
    ids=str,
)
def test_garbage_costs_one_cell(tmp_path: Path, garbage: dict[str, Any]) -> None:
    good: dict[str, Any] = {"status": "supported", "reason": None, "shapes": {}}
    good |= {"max_relative_error": None, "peak_bytes": None}
    answer = {**good, **garbage} if garbage else {}
    asked = Asked(tmp_path, {"A": {"run": answer}}, [probe("A"), probe("B")])
    assert asked.cell("A").status is Status.FAILED
    assert str(asked.cell("A").reason).startswith("answered garbage: ")
    assert asked.cell("B").status is Status.SUPPORTED


def test_cells_of_one_op_and_variant_go_to_one_worker(tmp_path: Path) -> None:
    ops = [f"Op{number}" for number in range(12)]
    probes = [probe(op, dtype=dtype) for op in ops for dtype in ("float32", "float64", "int32")]
    asked = Asked(tmp_path, {}, probes, seats(cpu_workers=2))
    assert len(asked.answered) == len(asked.cells) == 36
    for op in ops:
        assert len({run["worker"] for run in asked.runs if run["op"] == op}) == 1


def test_every_device_is_asked_in_its_own_lane_by_the_name_it_has_there(tmp_path: Path) -> None:
    pair = Row(family="x", inputs=ROW.inputs, least_devices=2)
    probes = [
        probe("A", "CPU:0"),
        probe("A", "GPU:0"),
        probe("A", "GPU:1"),
        probe("Pair", "GPU:1", pair),
        probe("B", "GPU:1"),
    ]
    asked = Asked(tmp_path, {}, probes)
    assert {(cell.op, cell.device) for cell in asked.answered} == {
        (one.key.op, one.key.device) for one in probes
    }
    assert len({run["worker"] for run in asked.runs}) == 4
    device = {(run["op"], run["worker"]): run["device"] for run in asked.runs}
    assert sorted(name for (op, _), name in device.items() if op == "A") == [
        "CPU:0",
        "GPU:0",
        "GPU:0",
    ]
    # Which sees all devices under their own names.
    assert [name for (op, _), name in device.items() if op == "Pair"] == ["GPU:1"]


def test_a_lane_whose_workers_do_not_start_is_returned(tmp_path: Path) -> None:
    asked = Asked(tmp_path, {"hello": {"dies after": 0}}, [probe("A"), probe("B")])
    assert asked.answered == []
    assert list(asked.failed) == ["CPU"]
    assert asked.failed["CPU"].reason == "the worker did not start: exited with code 7"


def test_nothing_to_ask_starts_no_worker(tmp_path: Path) -> None:
    asked = Asked(tmp_path, {}, [])
    assert asked.failed == {}
    assert not list(tmp_path.glob("worker.*"))


def test_an_untested_cell_says_why() -> None:
    cell = untested(probe("A"), "the lane was given up")
    assert cell.key == probe("A").key
    assert cell.status is Status.UNTESTED
    assert cell.reason == "the lane was given up"
