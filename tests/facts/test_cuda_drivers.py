"""The driver that a toolkit needs, and what a given driver can do for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.facts.cuda_drivers import (
    DriverFloor,
    System,
    compatible_floor,
    driver_version,
    minimum_driver,
    toolkit_drivers,
)
from envprobe.facts.driver_architectures import is_driven, last_driver_for
from envprobe.facts.unknown import Unknown


def floor(cuda: str, system: System = "Linux") -> DriverFloor:
    found = minimum_driver(cuda, system)
    assert isinstance(found, DriverFloor)
    return found


@pytest.mark.parametrize(
    ("cuda", "system", "lowest", "full"),
    [
        ("10.1", "Linux", "418.39", "418.39"),
        ("11.0", "Linux", "450.36.06", "450.36.06"),
        ("11.2", "Linux", "450.80.02", "460.27.03"),
        ("11.8", "Windows", "452.39", "520.06"),
        ("12.5", "Linux", "525.60.13", "555.42.02"),
        ("12.5.1", "Linux", "525.60.13", "555.42.06"),
        ("12.5.82", "Linux", "525.60.13", "555.42.06"),  # as NVIDIA's wheels count
        ("12.5", "Windows", "528.33", "555.85"),
        ("13.0", "Linux", "580", "580.65.06"),
    ],
)
def test_floors(cuda: str, system: System, lowest: str, full: str) -> None:
    assert (floor(cuda, system).floor, floor(cuda, system).full_from) == (lowest, full)


@pytest.mark.parametrize(
    ("major", "system", "expected"),
    [
        ("11", "Linux", "450.80.02"),
        ("11", "Windows", "452.39"),
        ("12", "Linux", "525.60.13"),
        ("12", "Windows", "528.33"),
        ("13", "Linux", "580"),
    ],
)
def test_floors_of_a_major(major: str, system: System, expected: str) -> None:
    assert compatible_floor(major, system) == expected


@pytest.mark.parametrize(
    ("driver", "reach"),
    [
        ("470.256.02", "too_old"),
        ("525.60.12", "too_old"),
        ("525.60.13", "without_ptx"),
        ("535.104.05", "without_ptx"),
        ("555.42.02", "full"),
        ("610.43.02", "full"),
    ],
)
def test_what_a_driver_can_do_for_cuda_12_5(driver: str, reach: str) -> None:
    assert floor("12.5").reach(driver) == reach


@pytest.mark.parametrize("cuda", ["10", "", "14.0", "12", "12.x", "9.2"])
def test_toolkits_that_no_table_knows(cuda: str) -> None:
    assert isinstance(minimum_driver(cuda, "Linux"), Unknown)


def test_holes_have_reasons() -> None:
    for found in (
        minimum_driver("13.0", "Windows"),
        compatible_floor("13", "Windows"),
        compatible_floor("10", "Linux"),
        compatible_floor("14", "Linux"),
        floor("13.4").reach("616.10"),
    ):
        assert isinstance(found, Unknown)
        assert found.reason


def test_every_toolkit_answers_for_linux_and_its_own_driver_is_enough() -> None:
    for row in toolkit_drivers():
        found = floor(row.cuda)
        assert driver_version(found.floor) <= driver_version(found.full_from or "999")
        if found.full_from:
            assert found.reach(found.full_from) == "full"


@given(st.lists(st.integers(0, 999), min_size=1, max_size=3))
def test_a_driver_version_is_read_as_it_was_written(numbers: list[int]) -> None:
    assert driver_version(".".join(f"{n:02d}" for n in numbers)) == tuple(numbers)


@pytest.mark.parametrize(
    ("capability", "driver", "driven"),
    [
        ("3.7", "470.256.02", True),
        ("3.7", "535.104.05", False),
        ("7.0", "580.126.09", True),
        ("7.0", "590.44.01", False),
        ("6.1", "595.45.04", False),
        ("7.5", "610.43.02", True),
        ("12.0", "610.43.02", True),
    ],
)
def test_old_gpus_leave_new_drivers(capability: str, driver: str, driven: bool) -> None:
    assert is_driven(capability, driver) is driven
    assert driven or last_driver_for(capability) is not None
