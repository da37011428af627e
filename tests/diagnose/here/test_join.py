"""The join as a whole: whom it asks, what it costs, and that it never breaks a diagnosis."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.here.join import joined, with_machine
from envprobe.diagnose.here.machine import Machine, not_looked_at, owner_of
from envprobe.diagnose.here.other_machine import differences
from envprobe.diagnose.here.scans import Scans
from envprobe.diagnose.result import Diagnosis, Here, Surroundings
from envprobe.doctor.examples import changed, healthy_cpu, healthy_gpu
from envprobe.errors import EnvprobeError
from envprobe.inventory import GpuProcess
from envprobe.terms import Cause
from tests.diagnose.here.asking import diagnosis, finding, machine

FULL = "OSError: [Errno 28] No space left on device: '/tmp/model.keras'\n"
OOM = (
    "2026-01-01 00:00:01.0: W tensorflow/core/framework/op_kernel.cc:1733] RESOURCE_EXHAUSTED: OOM"
    " when allocating tensor with shape[900000,40000] and type float on "
    "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n"
)
JOIN = """
import sys, msgspec
from envprobe.diagnose.diagnose import diagnose_text
from envprobe.diagnose.here import machine
from envprobe.diagnose.here.join import with_machine
machine.LOOK_SECONDS = float(sys.argv[2])
sys.stdout.buffer.write(msgspec.json.encode(with_machine(diagnose_text(sys.argv[1]))))
sys.stdout.flush()
"""


def test_where_nothing_has_to_do_with_the_machine_nothing_is_asked() -> None:
    for cause in (Cause.SHAPE_MISMATCH, Cause.NAN_INF, Cause.UNKNOWN):
        found = diagnosis(finding(cause), tensorflow="2.3.0")
        assert with_machine(found) is found
    harmless = diagnosis(finding(Cause.OOM_GPU, role="benign"))
    assert with_machine(harmless) is harmless


def test_without_the_machine_only_a_given_matrix_is_asked(tmp_path: Path) -> None:
    found = diagnosis(finding(Cause.OOM_GPU), finding(Cause.NO_KERNEL_FOR_DEVICE_DTYPE, op="Svd"))
    assert with_machine(found, examine=False) is found
    with pytest.raises(EnvprobeError):
        with_machine(found, matrix=[tmp_path / "none.json"], examine=False)


def test_every_finding_gets_its_own_answer_and_the_log_its_note() -> None:
    found = diagnosis(
        finding(Cause.OOM_HOST),
        finding(Cause.SHAPE_MISMATCH),
        finding(Cause.OOM_HOST, role="benign"),
        tensorflow="2.4.1",
        python="3.8",
        platform="windows",
    )
    told = joined(found, machine(healthy_cpu()), Scans())
    assert [one.here is not None for one in told.findings] == [True, False, False]
    assert told.machine_note == (
        "The log is not of this machine: it is of windows, here is linux;"
        " it is of TensorFlow 2.4.1, here is 2.20.0; it is of Python 3.8, here is 3.11.9."
    )


@pytest.mark.parametrize(
    ("log", "same"),
    [
        ({"platform": "linux", "python": "3.11", "tensorflow": "2.20.0"}, True),
        ({"platform": "wsl"}, True),
        ({"gpus": ("A100-SXM4-40GB",)}, True),
        ({"gpus": ("NVIDIA A100-SXM4-40GB", "NVIDIA A100-SXM4-40GB")}, True),
        ({"gpus": ("NVIDIA A100-SXM4-80GB",)}, False),
        ({"python": "3.12"}, False),
        ({"tensorflow": "2.20.1"}, False),
        ({"platform": "macos"}, False),
    ],
)
def test_only_what_is_known_to_differ_makes_it_another_machine(
    log: dict[str, Any], same: bool
) -> None:
    found = differences(Surroundings(**log), healthy_gpu().inventory)
    assert (found.note is None) is same


def test_a_driver_that_is_silent_does_not_make_another_machine() -> None:
    silent = changed(healthy_gpu(), "inventory.nvml.state", "timed_out")
    silent = changed(silent, "inventory.nvml.gpus", ())
    log = Surroundings(gpus=("Tesla T4",))
    assert differences(log, silent.inventory).note is None
    assert differences(log, healthy_cpu().inventory).machine == (
        "it names Tesla T4, here is no NVIDIA GPU",
    )


def test_the_real_machine_answers_in_time() -> None:
    found = diagnose_text(FULL)
    assert found.root is not None
    with_machine(found)  # what is imported once
    started = time.monotonic()
    told = with_machine(found)
    gpus = Path("/proc/driver/nvidia").exists()
    assert time.monotonic() - started < (8 if gpus else 1.5)
    assert told.root is not None
    assert told.root.here is not None
    assert "free in /tmp" in told.root.here.told


def test_a_machine_that_cannot_be_looked_at_is_a_reason() -> None:
    unseen = Machine(unknown="it hung", now=not_looked_at().now, owner=owner_of)
    every = [finding(cause) for cause in Cause]
    told = joined(diagnosis(*every), unseen, Scans())
    assert told.notes == ()
    answers = {one.cause: one.here for one in told.findings}
    assert answers[Cause.DRIVER_TOO_OLD] == Here(answer="unknown", told="it hung")
    assert answers[Cause.SHAPE_MISMATCH] is None


@pytest.mark.parametrize("examination", [healthy_cpu, healthy_gpu])
def test_no_cause_and_no_odd_field_breaks_it(examination: Callable[[], Any]) -> None:
    odd: dict[str, Any] = {
        "op": "((",
        "dtype": "",
        "device": "GPU:99999999999999999999",
        "devices": ",",
        "index": "-1",
        "needed": "8",
        "asked": "many",
        "limit_bytes": -1,
        "path": "\0",
        "instructions": 7,
        "format": "N",
    }
    every = [finding(cause, **fields) for cause in Cause for fields in ({}, odd)]
    told = joined(diagnosis(*every), machine(examination()), Scans())
    assert [note for note in told.notes if "/" not in note] == []
    assert all(one.here is None or one.here.told for one in told.findings)


def test_a_fault_costs_one_finding_only() -> None:
    def broken(pid: int) -> str | None:
        raise RuntimeError(f"who is {pid}?")

    holder = (GpuProcess(pid=7, kind="compute"),)
    held = machine(changed(healthy_gpu(), "inventory.nvml.gpus.0.processes", holder))
    held = Machine(examined=held.examined, now=held.now, owner=broken)
    told = joined(diagnosis(finding(Cause.OOM_GPU), finding(Cause.OOM_HOST)), held, Scans())
    assert [one.here is not None for one in told.findings] == [False, True]
    assert told.notes == ("a fault in envprobe: LOG999: RuntimeError: who is 7?",)


def test_a_process_that_is_gone_has_no_owner() -> None:
    assert owner_of(2**22 + 5) is None


def test_the_memory_of_real_gpus_is_asked_of_nvml(run_python: Callable[..., bytes]) -> None:
    told = msgspec.json.decode(run_python(JOIN, OOM, "6"), type=Diagnosis)
    assert told.root is not None
    assert told.root.here is not None
    assert told.root.here.answer == "confirmed"
    assert "can never fit: GPU 0 (" in told.root.here.told
    assert "79.00 GiB free now" in told.root.here.told


def test_a_driver_that_hangs_costs_the_limit_and_no_more(run_python: Callable[..., bytes]) -> None:
    started = time.monotonic()
    encoded = run_python(JOIN, OOM, "0.7", FAKE_NVML_HANG="DeviceGetName")
    told = msgspec.json.decode(encoded, type=Diagnosis)
    assert time.monotonic() - started < 8
    assert told.root is not None
    assert told.root.here is not None
    assert told.root.here.answer == "unknown"
    assert "did not answer within 0.7 s" in told.root.here.told
