"""NVML in every state, through a library that pynvml really loads."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.inventory import Inventory
from envprobe.inventory.nvml import NvmlAnswer, branch, cuda_version_name, parse_nvml

Take = Callable[..., Inventory]
NOT_SUPPORTED = "not supported by this GPU"
NO_PERMISSION = "no permission"


def test_a_healthy_driver_tells_every_field(take: Take) -> None:
    nvml = take().nvml
    assert nvml.state == "ok"
    assert (nvml.driver_version, nvml.cuda_driver_version) == ("550.54.15", "12.4")
    first, second = nvml.gpus
    assert first.name == "NVIDIA H100 80GB HBM3"
    assert first.uuid == "GPU-aaaa0000-0000-0000-0000-000000000000"
    assert (first.pci_bus_id, second.pci_bus_id) == ("00000000:18:00.0", "00000000:19:00.0")
    assert (first.compute_capability, first.architecture) == ("9.0", "Hopper")
    assert (first.memory_total_bytes, first.memory_used_bytes) == (80 << 30, 1 << 30)
    assert (first.ecc_enabled, first.ecc_corrected_aggregate) == (True, 7)
    assert (first.remapped_rows_corrected, first.remapping_pending) == (1, False)
    assert (first.power_watts, first.power_limit_watts) == (75.5, 700.0)
    assert first.power_limit_default_watts == 700.0
    assert (first.sm_clock_hertz, first.sm_clock_max_hertz) == (345e6, 1980e6)
    assert first.throttle_reasons == ("gpu_idle", "sw_power_cap")
    assert first.temperature_celsius == 41
    assert (first.pcie_generation, first.pcie_generation_max, first.pcie_width) == (1, 5, 16)
    assert (first.compute_mode, first.persistence_mode) == ("default", True)
    assert first.nvlinks_active == (True, True, True, False)
    assert (first.mig_enabled, first.mig_instances) == (False, ())
    assert (first.cuda_index, second.cuda_index) == (0, 1)
    assert first.unknown == {}


def test_a_process_without_name_or_memory_is_still_listed(take: Take) -> None:
    named, nameless = take().nvml.gpus[0].processes or ()
    assert (named.pid, named.name, named.memory_bytes) == (4242, "/usr/bin/train", 1 << 29)
    assert (nameless.pid, nameless.name, nameless.memory_bytes) == (4243, None, None)
    assert nameless.unknown["name"] == "not found"


def test_an_absent_library_is_told_and_the_scan_goes_on(take: Take, tmp_path: Path) -> None:
    # An empty file stops the loader's search, also on machines that have the real library.
    (tmp_path / "libnvidia-ml.so.1").touch()
    inventory = take(LD_LIBRARY_PATH=str(tmp_path))
    assert inventory.nvml.state == "absent"
    assert inventory.nvml.reason == "libnvidia-ml.so.1 cannot be loaded"
    assert inventory.cpu.logical_cores


def test_a_driver_too_old_is_told_and_the_scan_goes_on(take: Take) -> None:
    inventory = take(old=True)
    assert inventory.nvml.state == "too_old"
    assert inventory.cpu.logical_cores


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (18, "version_mismatch"),
        (9, "driver_not_loaded"),
        (4, "no_permission"),
        (15, "gpu_lost"),
        (999, "failed"),
    ],
)
def test_nvml_that_does_not_open(take: Take, code: int, state: str) -> None:
    inventory = take(FAKE_NVML_INIT=str(code))
    assert inventory.nvml.state == state
    assert inventory.nvml.reason
    assert inventory.nvml.gpus == ()


@pytest.mark.parametrize("variable", ["FAKE_NVML_LOST", "FAKE_NVML_LOST_HANDLE"])
def test_one_lost_gpu_does_not_lose_the_other(take: Take, variable: str) -> None:
    inventory = take(**{variable: "1"})
    good, lost = inventory.nvml.gpus
    assert set(good.unknown) == {"cuda_index"}  # the lost one does not tell its model
    assert good.name == "NVIDIA H100 80GB HBM3"
    assert lost.name is None
    assert "lost" in lost.unknown["name"]


def test_one_field_that_is_not_supported_costs_only_itself(take: Take) -> None:
    gpu = take(FAKE_NVML_UNSUPPORTED="GetEccMode,GetPowerUsage").nvml.gpus[0]
    expected = ("power_watts", "ecc_enabled", "ecc_pending")
    assert gpu.unknown == dict.fromkeys(expected, NOT_SUPPORTED)
    assert gpu.power_limit_watts == 700.0
    assert gpu.ecc_uncorrected_volatile == 0


def test_nvlink_that_is_not_there(take: Take) -> None:
    gpu = take(FAKE_NVML_UNSUPPORTED="GetNvLinkState").nvml.gpus[0]
    assert gpu.unknown == {"nvlinks_active": NOT_SUPPORTED}


def test_calls_without_permission_are_told_and_cost_only_themselves(take: Take) -> None:
    inventory = take(FAKE_NVML_REFUSE="GetMemoryInfo,GetComputeRunningProcesses_v3")
    gpu = inventory.nvml.gpus[0]
    assert gpu.unknown["memory_total_bytes"] == NO_PERMISSION
    assert gpu.unknown["processes"] == NO_PERMISSION
    assert gpu.name


def test_a_refused_handle_is_told(take: Take) -> None:
    inventory = take(FAKE_NVML_REFUSE="GetHandleByIndex_v2")
    assert [gpu.unknown["uuid"] for gpu in inventory.nvml.gpus] == [NO_PERMISSION] * 2


def test_mig_shows_one_instance_and_hides_the_rest(take: Take) -> None:
    inventory = take(FAKE_NVML_MIG="1")
    first, second = inventory.nvml.gpus
    used, unused = first.mig_instances or ()
    assert (first.mig_enabled, first.cuda_index) == (True, None)
    assert (used.index, used.cuda_index, used.memory_total_bytes) == (0, 0, 40 << 30)
    assert (unused.index, unused.gpu_instance, unused.cuda_index) == (2, 3, None)
    assert "one MIG instance" in unused.unknown["cuda_index"]
    assert "MIG" in second.unknown["cuda_index"]


def test_a_mig_instance_named_by_its_uuid(take: Take) -> None:
    uuid = "MIG-bbbb0002-0000-0000-0000-000000000000"
    first = take(FAKE_NVML_MIG="1", CUDA_VISIBLE_DEVICES=uuid).nvml.gpus[0]
    assert [m.cuda_index for m in first.mig_instances or ()] == [None, 0]


def test_a_call_that_hangs_keeps_what_came_before(take: Take) -> None:
    begin = time.monotonic()
    inventory = take(seconds=1, FAKE_NVML_HANG="GetComputeMode")
    assert time.monotonic() - begin < 20
    assert inventory.nvml.state == "timed_out"
    assert inventory.nvml.driver_version == "550.54.15"
    assert len(inventory.nvml.gpus) == 1
    gpu = inventory.nvml.gpus[0]
    assert gpu.name == "NVIDIA H100 80GB HBM3"
    assert "compute_mode of GPU 0" in gpu.unknown["temperature_celsius"]


def test_an_initialisation_that_hangs(take: Take) -> None:
    inventory = take(seconds=0.5, FAKE_NVML_HANG="InitWithFlags")
    assert inventory.nvml.state == "timed_out"
    assert "nvmlInit" in str(inventory.nvml.reason)
    assert inventory.memory.total_bytes


def test_gpus_that_differ_have_no_cuda_index_without_the_bus_order(take: Take) -> None:
    inventory = take(FAKE_NVML_MIXED="1")
    assert [gpu.cuda_index for gpu in inventory.nvml.gpus] == [None, None]
    ordered = take(FAKE_NVML_MIXED="1", CUDA_DEVICE_ORDER="PCI_BUS_ID")
    assert [gpu.cuda_index for gpu in ordered.nvml.gpus] == [0, 1]


def test_hidden_and_reordered_gpus(take: Take) -> None:
    hidden = take(CUDA_VISIBLE_DEVICES="")
    assert [gpu.cuda_index for gpu in hidden.nvml.gpus] == [None, None]
    swapped = take(CUDA_VISIBLE_DEVICES="1,0")
    assert [gpu.cuda_index for gpu in swapped.nvml.gpus] == [1, 0]


def test_silence_is_a_time_out_and_never_no_gpu() -> None:
    assert parse_nvml(NvmlAnswer(), None).state == "timed_out"


def test_version_names() -> None:
    assert cuda_version_name(12040) == "12.4"
    assert cuda_version_name(11080) == "11.8"
    assert cuda_version_name(None) is None
    assert branch("535.104.05") == 535
    assert branch(None) is None
