"""What else the machine did: seen with processes that really burn time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from envprobe.matrix.cell import TimingConditions
from envprobe.matrix.matrix import Device
from envprobe.probe.conditions import Conditions

CPU = Device(name="CPU:0", device_type="CPU")
SECONDS = 0.4


@pytest.fixture
def burner() -> Iterator[subprocess.Popen[bytes]]:
    """A process that keeps a core busy."""
    command = [sys.executable, "-S", "-c", "print(flush=True)\nwhile True: pass"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_nothing_observed_is_nothing_known() -> None:
    assert Conditions(CPU).seen() == TimingConditions()


def test_the_load_of_others_is_seen_and_the_workers_own_is_not(
    burner: subprocess.Popen[bytes],
) -> None:
    as_other, as_worker = Conditions(CPU), Conditions(CPU)
    with as_other.observed(None), as_worker.observed(burner.pid):
        time.sleep(SECONDS)
    others, own = as_other.seen().cpu_load, as_worker.seen().cpu_load
    assert others is not None
    assert own is not None
    assert 0 <= own < others <= 1


def test_several_times_are_summed_up(burner: subprocess.Popen[bytes]) -> None:
    conditions = Conditions(CPU)
    with conditions.observed(None):
        time.sleep(SECONDS)
    burner.kill()
    burner.wait()
    first = conditions.seen().cpu_load
    with conditions.observed(burner.pid):  # a worker that is gone is no error
        pass
    assert conditions.seen().cpu_load == pytest.approx(first, abs=0.1)


def test_what_breaks_inside_is_still_observed() -> None:
    conditions = Conditions(CPU)
    with pytest.raises(RuntimeError), conditions.observed(None):  # noqa: PT012
        time.sleep(0.01)
        raise RuntimeError
    assert conditions.seen().cpu_load is not None


def test_a_cpu_has_no_gpus_fields() -> None:
    conditions = Conditions(CPU)
    with conditions.observed(None):
        time.sleep(0.01)
    seen = conditions.seen()
    assert seen == TimingConditions(cpu_load=seen.cpu_load)


def test_a_gpu_that_nvml_cannot_find_is_unknown() -> None:
    conditions = Conditions(Device(name="GPU:0", device_type="GPU", nvml_index=999))
    with conditions.observed(None):
        time.sleep(0.01)
    seen = conditions.seen()
    assert seen == TimingConditions(cpu_load=seen.cpu_load)
