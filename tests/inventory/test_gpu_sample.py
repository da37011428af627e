from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from envprobe.inventory import GpuSample
from envprobe.inventory.gpu import throttle_names

SAMPLE = """
import sys, msgspec, time
from envprobe.inventory import gpu_clock_sample
own = [int(word) for word in sys.argv[2:]]
gpu_clock_sample(int(sys.argv[1]))
sys.stdout.buffer.write(msgspec.json.encode(gpu_clock_sample(int(sys.argv[1]), own_pids=own)))
"""
Run = Callable[..., bytes]


def sample(encoded: bytes) -> GpuSample:
    return msgspec.json.decode(encoded, type=GpuSample)


def test_a_sample_tells_clock_throttling_heat_and_others(run_python: Run) -> None:
    told = sample(run_python(SAMPLE, "1"))
    assert told.sm_clock_hertz == 345e6
    assert told.throttle_reasons == ("gpu_idle", "sw_power_cap")
    assert told.temperature_celsius == 41
    assert told.other_processes == 2


def test_own_processes_are_not_others(run_python: Run) -> None:
    assert sample(run_python(SAMPLE, "0", "4242")).other_processes == 1


def test_what_is_refused_is_unknown_alone(run_python: Run) -> None:
    told = sample(run_python(SAMPLE, "0", FAKE_NVML_UNSUPPORTED="GetTemperature"))
    assert told.temperature_celsius is None
    assert set(told.unknown) == {"temperature_celsius"}


def test_an_index_that_is_not_there(run_python: Run) -> None:
    told = sample(run_python(SAMPLE, "7"))
    assert told.sm_clock_hertz is None
    assert len(told.unknown) == 4


def test_a_hang_ends_after_a_second(run_python: Run) -> None:
    told = sample(run_python(SAMPLE, "0", FAKE_NVML_HANG="GetClockInfo"))
    assert "did not answer within" in told.unknown["sm_clock_hertz"]


@pytest.mark.parametrize(
    ("bits", "names"),
    [(0, ()), (1, ("gpu_idle",)), (0x48, ("hw_slowdown", "hw_thermal_slowdown"))],
)
def test_throttle_names(bits: int, names: tuple[str, ...]) -> None:
    assert throttle_names(bits) == names


def test_a_bit_without_a_name_is_kept() -> None:
    assert throttle_names(1 << 40) == ("bit_40",)
