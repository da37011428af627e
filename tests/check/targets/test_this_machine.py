"""This machine as targets, by its own scans or without any."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from envprobe.check.targets.this_machine import MachineTargets, machine_of, this_machine
from envprobe.doctor.examples import changed, healthy_a100, healthy_cpu, healthy_gpu
from envprobe.errors import UsageError
from envprobe.evidence.saved_scan import age
from envprobe.inventory import Inventory
from envprobe.inventory.nvml import Nvml
from envprobe.matrix import Cell, Device, write_matrix
from envprobe.matrix.location import matrices_of
from envprobe.registrations import known_releases, read_release

MakeCell = Callable[..., Cell]
MakeScan = Callable[..., Any]
NOW = datetime(2026, 1, 20, tzinfo=timezone.utc)
RELEASE = "2.20.0"  # that of the healthy machines


def seen(inventory: Inventory, *files: Path, tensorflow: str | None = RELEASE) -> MachineTargets:
    """Of this machine, with these files as its scans, the newest first."""
    return machine_of(inventory, tensorflow, list(files), {}, NOW)


def gpu_machine() -> Inventory:
    return healthy_gpu().inventory


@pytest.fixture
def save(tmp_path: Path, make_scan: MakeScan, make_cell: MakeCell) -> Callable[..., Path]:
    """Saves a scan of the machine `inventory`, with a GPU where it has one."""

    def save(inventory: Inventory, name: str = "scan", **changes: Any) -> Path:
        gpus = tuple(
            Device(name=f"GPU:{at}", device_type="GPU", model=gpu.name, compute_capability="8.0")
            for at, gpu in enumerate(inventory.nvml.gpus)
        )
        fields: dict[str, Any] = {
            "tensorflow": RELEASE,
            "inventory": msgspec.to_builtins(inventory),
            "driver": inventory.nvml.driver_version,
            "day": 17,
        }
        host = changes.pop("host", inventory.host.hostname)
        matrix = make_scan(host, make_cell(), gpus=gpus, **(fields | changes))
        path = tmp_path / f"{host}-{name}.json"
        write_matrix(path, matrix)
        return path

    return save


def test_without_a_scan_the_devices_are_those_of_the_machine() -> None:
    found = seen(gpu_machine())
    gpu, cpu = found.targets
    assert (gpu.device.name, gpu.device.model) == ("GPU:0", "NVIDIA A100-SXM4-40GB")
    assert gpu.device.compute_capability == "8.0"
    assert (gpu.trains_here, cpu.trains_here) == (True, False)
    assert (gpu.name, gpu.nodes, gpu.cells) == ("this machine", ("healthy",), ())
    assert gpu.registrations is read_release(RELEASE)
    assert gpu.environment is not None
    assert gpu.environment.onednn is True
    assert found.matrix is None


def test_its_scan_gives_the_cells(save: Callable[..., Path]) -> None:
    path = save(gpu_machine())
    found = seen(gpu_machine(), path)
    assert found.matrix == path
    assert [one.device.name for one in found.targets] == ["GPU:0", "CPU:0"]
    assert [len(one.cells) for one in found.targets] == [0, 1]
    assert found.targets[0].name == "this machine"
    assert any("2 days ago" in note and str(path) in note for note in found.notes)


def other_gpus(inventory: Inventory) -> Inventory:
    gpu = msgspec.structs.replace(healthy_a100(), name="Tesla T4")
    return msgspec.structs.replace(
        inventory, nvml=msgspec.structs.replace(inventory.nvml, gpus=(gpu,))
    )


def no_cuda_build(inventory: Inventory) -> Inventory:
    assert inventory.software.build is not None
    build = msgspec.structs.replace(inventory.software.build, is_cuda_build=False)
    software = msgspec.structs.replace(inventory.software, build=build)
    return msgspec.structs.replace(inventory, software=software)


def other_cpu(inventory: Inventory) -> Inventory:
    cpu = msgspec.structs.replace(inventory.cpu, model="Tea Kettle 9000")
    return msgspec.structs.replace(inventory, cpu=cpu)


def hidden_gpu(inventory: Inventory) -> Inventory:
    gpu = msgspec.structs.replace(inventory.nvml.gpus[0], cuda_index=None)
    return msgspec.structs.replace(
        inventory, nvml=msgspec.structs.replace(inventory.nvml, gpus=(gpu,))
    )


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (other_gpus, "Tesla T4"),
        (no_cuda_build, "CUDA in the build"),
        (other_cpu, "Tea Kettle"),
        (hidden_gpu, "from none to NVIDIA A100"),
    ],
)
def test_a_scan_of_another_hardware_or_build_is_left_out_and_told(
    save: Callable[..., Path], then: Callable[[Inventory], Inventory], why: str
) -> None:
    found = seen(gpu_machine(), save(then(gpu_machine())))
    assert found.matrix is None
    assert all(one.cells == () for one in found.targets)
    assert any("left out" in note and why in note for note in found.notes)


def test_a_scan_of_another_release_is_left_out_and_told(save: Callable[..., Path]) -> None:
    path = save(gpu_machine(), tensorflow="2.15.1")
    found = seen(gpu_machine(), path)
    assert found.matrix is None
    assert any("left out" in note and "2.15.1" in note for note in found.notes)
    assert seen(gpu_machine(), path, tensorflow="2.15.1").matrix == path


def test_a_scan_of_another_machine_with_a_like_name_is_not_taken(
    save: Callable[..., Path],
) -> None:
    found = seen(gpu_machine(), save(gpu_machine(), host="healthy-2"))
    assert found.matrix is None


def test_a_broken_scan_is_passed_over(save: Callable[..., Path], tmp_path: Path) -> None:
    whole, cut = save(gpu_machine(), "whole"), save(gpu_machine(), "cut")
    cut.write_bytes(cut.read_bytes()[:500])
    assert seen(gpu_machine(), cut, whole).matrix == whole
    found = seen(gpu_machine(), cut)
    assert found.matrix is None
    assert any(str(cut) in note for note in found.notes)


def test_a_narrowed_scan_does_not_hide_a_whole_one(save: Callable[..., Path]) -> None:
    whole = save(gpu_machine(), "whole")
    narrowed = save(gpu_machine(), "narrowed", narrowed={"ops": ["MatMul"]})
    stopped = save(gpu_machine(), "stopped", complete=False)
    untimed = save(gpu_machine(), "untimed", narrowed={"timing": ["off"]})
    assert seen(gpu_machine(), narrowed, stopped, whole).matrix == whole
    assert seen(gpu_machine(), narrowed, stopped).matrix == narrowed
    assert seen(gpu_machine(), untimed, whole).matrix == untimed


def test_another_driver_is_told(save: Callable[..., Path]) -> None:
    found = seen(gpu_machine(), save(gpu_machine(), driver="470.1"))
    assert found.matrix is not None
    assert any("470.1" in note for note in found.notes)


def test_a_build_without_cuda_uses_no_gpu() -> None:
    found = seen(no_cuda_build(gpu_machine()))
    assert [(one.device.name, one.trains_here) for one in found.targets] == [("CPU:0", True)]
    assert any("without CUDA" in note and "A100" in note for note in found.notes)


def test_where_the_build_is_not_known_both_may_train() -> None:
    unknown = changed(healthy_gpu(), "inventory.software.build", None).inventory
    found = seen(unknown)
    assert [(one.device.name, one.trains_here) for one in found.targets] == [
        ("GPU:0", True),
        ("CPU:0", True),
    ]
    assert any("not known" in note for note in found.notes)


def test_a_hidden_gpu_is_no_target() -> None:
    found = machine_of(gpu_machine(), RELEASE, [], {"CUDA_VISIBLE_DEVICES": "-1"}, NOW)
    assert [one.device.name for one in found.targets] == ["CPU:0"]
    assert any("CUDA_VISIBLE_DEVICES" in note for note in found.notes)


def test_a_driver_that_does_not_answer_is_told() -> None:
    nvml = Nvml(state="version_mismatch", reason="Driver/library version mismatch")
    found = seen(changed(healthy_gpu(), "inventory.nvml", nvml).inventory)
    assert [one.device.name for one in found.targets] == ["CPU:0"]
    assert any("mismatch" in note and "doctor" in note for note in found.notes)


def several(*names: str) -> Inventory:
    gpus = tuple(
        msgspec.structs.replace(healthy_a100(), name=name, nvml_index=at, uuid=f"GPU-{at}")
        for at, name in enumerate(names)
    )
    inventory = gpu_machine()
    return msgspec.structs.replace(
        inventory, nvml=msgspec.structs.replace(inventory.nvml, gpus=gpus)
    )


def test_equal_gpus_are_one_target_and_unlike_ones_are_not() -> None:
    alike = seen(several("NVIDIA A100-SXM4-40GB", "NVIDIA A100-SXM4-40GB"))
    assert [one.device.name for one in alike.targets] == ["GPU:0", "CPU:0"]
    unlike = seen(several("NVIDIA A100-SXM4-40GB", "Tesla T4"))
    assert {one.device.model for one in unlike.targets if one.trains_here} == {
        "NVIDIA A100-SXM4-40GB",
        "Tesla T4",
    }
    assert any("CUDA's choice" in note for note in unlike.notes)


def test_a_release_that_is_not_known_has_the_nearest_registry() -> None:
    found = seen(healthy_cpu().inventory, tensorflow="2.20.9")
    assert found.targets[0].registrations is read_release("2.20.0")
    assert any("2.20.9" in note and "2.20.0 stands in" in note for note in found.notes)


def test_no_release_at_all_is_unknown() -> None:
    found = seen(healthy_cpu().inventory, tensorflow="my-own-build")
    assert found.targets[0].registrations is None
    assert "my-own-build" in str(found.targets[0].registrations_unknown)


def test_an_op_list_without_a_release_is_held_against_the_installed_one() -> None:
    inventory = healthy_cpu().inventory
    assert seen(inventory, tensorflow=None).targets[0].tensorflow == RELEASE
    bare = changed(healthy_cpu(), "inventory.software.tensorflow", ()).inventory
    assert seen(bare, tensorflow=None).targets[0].tensorflow == known_releases()[-1]


def test_another_release_than_the_installed_one_is_told() -> None:
    found = seen(healthy_cpu().inventory, tensorflow="2.15.1")
    assert found.targets[0].tensorflow == "2.15.1"
    assert any("2.15.1" in note and RELEASE in note for note in found.notes)


def test_this_very_machine_answers_quickly(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    this_machine("2.21.0", None)  # what it imports is read from the disk
    begin = time.perf_counter()
    found = this_machine("2.21.0", None)
    assert time.perf_counter() - begin < 3.0  # 0.1 s where nothing else runs
    assert found.targets[-1].device.name == "CPU:0"
    assert sum(one.trains_here for one in found.targets) >= 1
    assert found.matrix is None


def test_an_interpreter_that_is_none_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="not a Python"):
        this_machine("2.21.0", "/no/such/python")


def test_a_hosts_matrices_are_found_by_name_the_newest_first(
    save: Callable[..., Path], tmp_path: Path
) -> None:
    first, second = save(gpu_machine(), "first"), save(gpu_machine(), "second")
    odd = save(gpu_machine(), host="[heal]thy")
    for at, path in enumerate((odd, second, first)):
        os.utime(path, (1000 + at, 1000 + at))
    assert matrices_of("healthy", tmp_path) == [first, second]
    assert matrices_of("[heal]thy", tmp_path) == [odd]
    assert matrices_of("healthy", tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("started", "words"),
    [
        ("2026-01-17T23:00:00+00:00", "2 days ago"),
        ("2026-01-18T23:00:00Z", "1 day ago"),
        ("2026-01-19T23:30:00", "30 minutes ago"),
        ("2026-01-20T01:00:00+02:00", "1 hour ago"),
        ("2026-01-19T23:59:50+00:00", "just now"),
        ("2026-01-21T00:00:00+00:00", "just now"),  # the clock was set back
        ("yesterday", "yesterday"),
    ],
)
def test_an_age_in_words(started: str, words: str) -> None:
    assert age(started, NOW) == words
