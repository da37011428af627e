"""Which workers a machine gets, for machines of every make-up."""

from __future__ import annotations

import pytest

from envprobe.matrix.matrix import Device
from envprobe.probe.lane import Lane
from envprobe.probe.lanes import MEMORY_SHARE, WORKER_FOLDER, Seats, assign_seats, first_lane

GIBIBYTE = 1024**3


def devices(*names: str) -> list[Device]:
    return [Device(name=name, device_type=name.split(":")[0]) for name in names]


def first(workers: int = 1, available_bytes: int | None = 16 * GIBIBYTE) -> Lane:
    return first_lane(cpu_devices=2, workers=workers, available_bytes=available_bytes)


def lane_names(seats: Seats) -> list[str]:
    return [lane.name for lane in seats.lanes]


def test_the_worker_lies_where_it_is_started_from() -> None:
    assert (WORKER_FOLDER / "__main__.py").is_file()


def test_the_first_lane_sees_everything_and_shares_the_memory() -> None:
    lane = first(workers=4)
    assert lane.config == {"cpu_devices": 2, "gpus": "all", "libraries": []}
    assert lane.workers == 4
    assert lane.memory_limit_bytes == int(16 * GIBIBYTE * MEMORY_SHARE) // 4
    assert lane.hello_limit_seconds > lane.limit_seconds
    assert lane.first_limit_seconds > lane.limit_seconds


def test_without_knowing_the_memory_there_is_no_limit() -> None:
    lane = first(available_bytes=None)
    assert lane.memory_limit_bytes is None
    seats = assign_seats(lane, devices("CPU:0", "GPU:0"), cpu_workers=4)
    assert {lane.memory_limit_bytes for lane in seats.lanes} == {None}


def test_a_machine_with_cpus_only_goes_on_with_its_first_lane() -> None:
    lane = first(workers=2)
    seats = assign_seats(lane, devices("CPU:0", "CPU:1"), cpu_workers=2)
    assert seats.lanes == [lane]  # the very workers that are warm
    assert seats.together is lane
    for name in ("CPU:0", "CPU:1"):
        assert seats.of(name).lane is lane
        assert seats.of(name).local_name == name
    assert seats.of("CPU:1", least_devices=2).lane is lane


def test_a_gpu_that_tensorflow_does_not_list_leaves_the_cpu_its_workers() -> None:
    lane = first(workers=1)
    seats = assign_seats(lane, devices("CPU:0"), cpu_workers=4)
    (cpu,) = seats.lanes
    assert cpu.name != lane.name  # the pool knows lanes by their names
    assert cpu.workers == 4
    assert lane.memory_limit_bytes is not None
    assert cpu.memory_limit_bytes == lane.memory_limit_bytes // 4
    assert seats.of("CPU:0").local_name == "CPU:0"


def test_one_gpu_keeps_the_first_worker_and_the_cpu_gets_others_that_do_not_see_it() -> None:
    lane = first(workers=1)
    seats = assign_seats(lane, devices("CPU:0", "GPU:0"), cpu_workers=4)
    assert seats.of("GPU:0").lane is lane
    assert seats.of("GPU:0").local_name == "GPU:0"
    cpu = seats.of("CPU:0").lane
    assert cpu.config == {"cpu_devices": 2, "gpus": "none", "libraries": []}
    assert cpu.workers == 4
    assert lane.memory_limit_bytes is not None
    assert cpu.memory_limit_bytes == lane.memory_limit_bytes // 4
    assert len(seats.lanes) == len(set(lane_names(seats))) == 2


def test_four_gpus_have_a_lane_each_that_sees_one_gpu() -> None:
    gpus = [f"GPU:{index}" for index in range(4)]
    seats = assign_seats(first(), devices("CPU:0", *gpus), cpu_workers=2)
    for index, name in enumerate(gpus):
        seat = seats.of(name)
        assert seat.lane.config == {"cpu_devices": 2, "gpus": [index], "libraries": []}
        assert seat.lane.workers == 1
        assert seat.local_name == "GPU:0"
    assert len(seats.lanes) == len(set(lane_names(seats))) == 6


@pytest.mark.parametrize("name", ["CPU:0", "GPU:0", "GPU:3"])
def test_what_takes_several_devices_goes_to_the_worker_that_sees_them_all(name: str) -> None:
    gpus = [f"GPU:{index}" for index in range(4)]
    lane = first()
    seats = assign_seats(lane, devices("CPU:0", *gpus), cpu_workers=2)
    seat = seats.of(name, least_devices=2)
    assert seat.lane is seats.together is lane
    assert seat.lane.config["gpus"] == "all"
    assert seat.local_name == name


def test_a_device_type_that_nobody_knows_is_asked_where_everything_is_seen() -> None:
    seats = assign_seats(first(), devices("CPU:0", "NPU:0", "NPU:1"), cpu_workers=2)
    for name in ("NPU:0", "NPU:1"):
        assert seats.of(name).lane is seats.together
        assert seats.of(name).local_name == name
    assert seats.of("CPU:0").lane is not seats.together


def test_several_first_workers_are_too_many_for_an_accelerator() -> None:
    # One that neither NVML nor the PCI bus tells of, so that the first lane was made large.
    seats = assign_seats(first(workers=4), devices("CPU:0", "NPU:0"), cpu_workers=4)
    assert seats.of("NPU:0").lane.workers == 1
    assert seats.of("NPU:0").lane.name != "all devices"
    assert seats.of("CPU:0").lane.workers == 4
