"""Doctor's findings of this machine beside a cause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from envprobe.diagnose.here.answers import KERNELS, MACHINE, OF_SOFTWARE, STATES
from envprobe.diagnose.here.doctor_rules import DOCTOR_RULES
from envprobe.diagnose.here.doctor_view import HEALTH, PASSING
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    changed,
    healthy_cpu,
    healthy_gpu,
    with_gpu,
    with_library,
    with_package,
)
from envprobe.doctor.judge import all_rules
from envprobe.inventory import take_inventory
from envprobe.terms import Cause
from tests.diagnose.here.asking import answer, finding

MACHINES = Path(__file__).parents[2] / "captures" / "machines"
HERE: dict[str, Any] = {"tensorflow": "2.20.0", "python": "3.11"}


def test_every_name_is_a_rule_of_doctor_and_stands_once() -> None:
    known = {rule.name for rule in all_rules()}
    for cause, names in DOCTOR_RULES.items():
        assert set(names) <= known, cause
        assert len(names) == len(set(names)), cause


def test_the_tables_speak_of_the_same_causes() -> None:
    assert set(HEALTH) <= set(DOCTOR_RULES)
    assert set(PASSING) <= set(HEALTH)
    assert set(OF_SOFTWARE) <= set(DOCTOR_RULES)
    assert not set(KERNELS) & set(MACHINE)
    assert set(STATES) < set(MACHINE)


def old_driver() -> Examination:
    one = changed(healthy_gpu(), "inventory.nvml.driver_version", "450.80.02")
    return changed(one, "inventory.nvml.cuda_driver_version", "11.0")


def old_cudnn() -> Examination:
    return with_library(healthy_gpu(), "cudnn", version="9.1.0.70")


def with_old(name: str, version: str) -> Examination:
    return with_package(healthy_gpu(), name, version)


def mismatched() -> Examination:
    one = changed(healthy_gpu(), "inventory.nvml.state", "version_mismatch")
    one = changed(one, "inventory.nvml.reason", "driver/library version mismatch")
    return changed(one, "inventory.nvml.gpus", ())


@pytest.mark.parametrize(
    ("cause", "broken", "code"),
    [
        (Cause.DRIVER_TOO_OLD, old_driver, "DOC250"),
        (Cause.DRIVER_LIBRARY_MISMATCH, mismatched, "DOC103"),
        (Cause.CUDNN_VERSION_MISMATCH, old_cudnn, "DOC263"),
        (Cause.CUDA_ARCH_UNSUPPORTED, lambda: with_gpu(healthy_gpu(), "Tesla K80", "3.7"), "DOC2"),
        (Cause.PROTOBUF_ABI_MISMATCH, lambda: with_old("protobuf", "3.19.6"), "DOC272"),
        (Cause.NUMPY_ABI_MISMATCH, lambda: with_old("numpy", "1.19.5"), "DOC271"),
    ],
)  # fmt: skip
def test_what_doctor_finds_confirms_it_and_a_healthy_machine_contradicts_it(
    cause: Cause, broken: Callable[[], Examination], code: str
) -> None:
    here = answer(finding(cause), broken(), **HERE)
    assert here.answer == "confirmed"
    assert f"`envprobe doctor` finds it here, {code}" in here.told
    here = answer(finding(cause), healthy_gpu(), **HERE)
    assert here.answer == "contradicted"
    assert here.told.startswith("`envprobe doctor` finds nothing of the kind here: ")


def test_the_facts_that_speak_against_it_are_named() -> None:
    here = answer(finding(Cause.DRIVER_TOO_OLD), healthy_gpu(), **HERE)
    assert "570.124.06 (CUDA up to 12.8) has NVIDIA A100" in here.told
    assert "TensorFlow 2.20.0 wants CUDA 12.5.1 and cuDNN 9" in here.told
    here = answer(finding(Cause.NUMPY_ABI_MISMATCH), healthy_gpu(), **HERE)
    assert "numpy 2.1.3 beside TensorFlow 2.20.0" in here.told


@pytest.mark.parametrize(
    "cause",
    [
        Cause.DRIVER_TOO_OLD,
        Cause.GPU_LIBS_MISSING,
        Cause.CUDNN_VERSION_MISMATCH,
        Cause.CUDA_ARCH_UNSUPPORTED,
        Cause.GPU_HARDWARE_FAULT,
        Cause.DRIVER_LIBRARY_MISMATCH,
    ],
)
def test_without_a_gpu_nothing_of_gpus_can_be_told(cause: Cause) -> None:
    here = answer(finding(cause), healthy_cpu(), **HERE)
    assert (here.answer, here.told) == ("unknown", "this machine has no NVIDIA GPU")


def test_a_machine_without_a_gpu_confirms_that_there_is_none() -> None:
    here = answer(finding(Cause.GPU_DRIVER_MISSING), healthy_cpu(), **HERE)
    assert here.answer == "confirmed"
    assert "DOC101" in here.told


def test_a_driver_that_does_not_answer_is_not_healthy() -> None:
    silent = changed(healthy_gpu(), "inventory.nvml.state", "timed_out")
    silent = changed(silent, "inventory.nvml.reason", "NVML did not answer in time")
    silent = changed(silent, "inventory.nvml.gpus", ())
    here = answer(finding(Cause.CUDA_ARCH_UNSUPPORTED), silent, **HERE)
    assert here.answer == "unknown"
    assert "NVML did not answer in time" in here.told


def test_a_fault_that_has_passed_rules_nothing_out() -> None:
    here = answer(finding(Cause.GPU_HARDWARE_FAULT), healthy_gpu(), **HERE)
    assert here.answer == "unknown"
    assert "which rules nothing out" in here.told


def test_a_log_that_names_no_environment_is_not_contradicted_by_this_ones_packages() -> None:
    here = answer(finding(Cause.NUMPY_ABI_MISMATCH), healthy_cpu())
    assert here.answer == "unknown"
    assert here.told.startswith("the log does not tell of which Python and TensorFlow it is")
    here = answer(finding(Cause.NUMPY_ABI_MISMATCH), healthy_cpu(), tensorflow="2.4.0")
    assert here.answer == "unknown"
    assert "it is of TensorFlow 2.4.0, here is 2.20.0" in here.told


def captured(start: str) -> Examination:
    root = next(one for one in MACHINES.iterdir() if one.name.startswith(start))
    return Examination(inventory=take_inventory(root=root, environ={}))


def test_captured_machines_answer_for_what_they_are() -> None:
    here = answer(finding(Cause.WSL_ISSUE), captured("wsl=wsl1"))
    assert here.answer == "confirmed"
    assert "DOC150" in here.told
    here = answer(finding(Cause.GPU_DRIVER_MISSING), captured("container=kubernetes"))
    assert here.answer == "confirmed"
    assert "DOC144" in here.told
    nouveau = next(one for one in MACHINES.iterdir() if one.name.endswith("finding=DOC140"))
    here = answer(
        finding(Cause.GPU_DRIVER_MISSING),
        Examination(inventory=take_inventory(root=nouveau, environ={})),
    )
    assert "DOC140" in here.told


def test_another_system_is_not_asked_for_windows_or_a_mac() -> None:
    for cause, name in (
        (Cause.WINDOWS_NATIVE_GPU_DROPPED, "Windows"),
        (Cause.MACOS_METAL, "a Mac"),
        (Cause.WSL_ISSUE, "WSL"),
    ):
        here = answer(finding(cause), healthy_gpu())
        assert (here.answer, here.told) == ("unknown", f"this machine is not {name}")
