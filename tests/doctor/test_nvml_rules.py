"""The rules on NVML and the GPUs, on a driver whose faults a real library answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.judge import judge
from envprobe.inventory import Inventory
from envprobe.terms import Finding, Severity

Take = Callable[..., Inventory]


def findings(inventory: Inventory) -> dict[str, list[Finding]]:
    """Those of the driver and the GPUs, by code."""
    found: dict[str, list[Finding]] = {}
    for finding in judge(Examination(inventory=inventory)):
        if finding.code.startswith("DOC1"):
            found.setdefault(finding.code, []).append(finding)
    return found


def test_a_healthy_driver_has_nothing_to_tell(take: Take) -> None:
    assert findings(take()) == {}


@pytest.mark.parametrize(
    ("code", "finding", "name"),
    [
        (18, "DOC103", "nvml-driver-mismatch"),
        (4, "DOC106", "nvml-no-permission"),
        (15, "DOC108", "gpu-lost"),
        (999, "DOC109", "nvml-failed"),
    ],
)
def test_nvml_that_does_not_open(take: Take, code: int, finding: str, name: str) -> None:
    (found,) = findings(take(FAKE_NVML_INIT=str(code)))[finding]
    assert (found.name, found.severity) == (name, Severity.ERROR)
    assert found.seen
    assert found.fix


def test_a_driver_that_is_not_loaded_is_told(take: Take) -> None:
    # An error where the machine that runs the tests has a GPU, else a remark.
    (found,) = findings(take(FAKE_NVML_INIT="9"))["DOC105"]
    assert found.severity is not Severity.WARNING


def test_an_old_driver(take: Take) -> None:
    assert set(findings(take(old=True))) == {"DOC104"}


def test_an_absent_library(take: Take, tmp_path: Path) -> None:
    # An empty file stops the loader's search, also on machines that have the real library.
    (tmp_path / "libnvidia-ml.so.1").touch()
    assert "DOC101" in findings(take(LD_LIBRARY_PATH=str(tmp_path)))


def test_a_call_that_hangs(take: Take) -> None:
    found = findings(take(seconds=1, FAKE_NVML_HANG="GetComputeMode"))
    assert "compute_mode of GPU 0" in found["DOC107"][0].seen


@pytest.mark.parametrize("variable", ["FAKE_NVML_LOST", "FAKE_NVML_LOST_HANDLE"])
def test_one_lost_gpu_is_hidden_by_the_uuid_of_the_other(take: Take, variable: str) -> None:
    (found,) = findings(take(**{variable: "1"}))["DOC108"]
    assert found.seen == "GPU 1 does not answer: the GPU is lost (fallen off the bus)"
    assert found.command == "export CUDA_VISIBLE_DEVICES=GPU-aaaa0000-0000-0000-0000-000000000000"


def test_calls_without_permission(take: Take) -> None:
    refused = take(FAKE_NVML_REFUSE="GetMemoryInfo,GetComputeRunningProcesses_v3")
    found = findings(refused)["DOC110"]
    assert [f.severity for f in found] == [Severity.INFO] * 2
    assert "memory_free_bytes" in found[0].seen
    handles = findings(take(FAKE_NVML_REFUSE="GetHandleByIndex_v2"))["DOC110"]
    assert [f.severity for f in handles] == [Severity.WARNING] * 2


def test_mig_and_visible_devices(take: Take) -> None:
    assert "DOC116" in findings(take(FAKE_NVML_MIG="1"))
    (order,) = findings(take(FAKE_NVML_MIXED="1"))["DOC114"]
    assert order.command == "export CUDA_DEVICE_ORDER=PCI_BUS_ID"
    assert findings(take(FAKE_NVML_MIXED="1", CUDA_DEVICE_ORDER="PCI_BUS_ID")) == {}
    (hidden,) = findings(take(CUDA_VISIBLE_DEVICES=""))["DOC111"]
    assert hidden.command == "unset CUDA_VISIBLE_DEVICES"
    (invalid,) = findings(take(CUDA_VISIBLE_DEVICES="0,9,1"))["DOC112"]
    assert invalid.command == "export CUDA_VISIBLE_DEVICES=0,1"
    (repeated,) = findings(take(CUDA_VISIBLE_DEVICES="1,0,1"))["DOC113"]
    assert repeated.command == "export CUDA_VISIBLE_DEVICES=1,0"


def test_each_health_fault_of_a_gpu(take: Take) -> None:
    states = {
        "FAKE_NVML_PERSISTENCE": ("0", "DOC124"),
        "FAKE_NVML_MODE": ("3", "DOC118"),  # exclusive, and the library lists processes
        "FAKE_NVML_REASONS": ("72", "DOC125"),  # hw_slowdown and hw_thermal_slowdown
        "FAKE_NVML_WIDTH": ("4", "DOC123"),
        "FAKE_NVML_PENDING": ("1", "DOC121"),
        "FAKE_NVML_UNCORRECTED": ("2", "DOC120"),
        "FAKE_NVML_LIMIT": ("400000", "DOC132"),
        "FAKE_NVML_NEEDS_RESET": ("GetMemoryInfo", "DOC134"),
    }
    for variable, (value, code) in states.items():
        assert set(findings(take(**{variable: value}))) == {code}, variable
