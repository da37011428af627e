"""Captured machines: a root folder each, whose name says what is to be found there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from envprobe.inventory import Inventory, take_inventory

Check = Callable[[Inventory], list[str]]
MACHINES = Path(__file__).parents[1] / "captures" / "machines"


def facts(inventory: Inventory) -> dict[str, str]:
    """What a folder's name may say, in the same words."""
    surroundings, cgroup, cpu = inventory.host.surroundings, inventory.host.cgroup, inventory.cpu
    limit = inventory.memory.limit_bytes
    return {
        "container": str(surroundings.container),
        "vm": str(surroundings.virtual_machine),
        "wsl": str(surroundings.wsl),
        "cgroup": str(cgroup.version),
        "cpus": f"{cpu.quota_cores:g}",
        "memory": "none" if limit is None else f"{limit / 2**30:g}GiB",
        "onednn": {True: "on", False: "off", None: "unknown"}[cpu.onednn_expected],
        "machine": str(cpu.architecture),
        "model": str(cpu.model),
    }


@pytest.mark.parametrize("root", sorted(MACHINES.iterdir()), ids=lambda root: root.name)
def test_a_machine_is_what_its_name_says(root: Path, nones_without_reason: Check) -> None:
    inventory = take_inventory(root=root, environ={})
    told = facts(inventory)
    for part in root.name.split(","):
        key, _, expected = part.partition("=")
        if key == "finding":
            continue  # tests/doctor/test_machines.py judges
        if key == "isa":
            assert expected in (inventory.cpu.isa or ())
        else:
            assert told[key] == expected
    assert nones_without_reason(inventory) == []
    assert inventory.host.os
    assert inventory.cpu.physical_cores


def machine(start: str) -> Inventory:
    root = next(r for r in MACHINES.iterdir() if r.name.startswith(start))
    return take_inventory(root=root, environ={})


def test_the_tightest_ancestor_is_named_with_what_it_has_left() -> None:
    cgroup = machine("container=none,vm=none,cgroup=v2").host.cgroup
    job = "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_77"
    assert (cgroup.memory_limit_group, cgroup.cpu_quota_group) == (job, job)
    assert cgroup.memory_left_bytes == 5 << 30


def test_amx_is_seen_on_sapphire_rapids() -> None:
    isa = set(machine("container=docker,vm=kvm").cpu.isa or ())
    assert {"amx_tile", "amx_bf16", "amx_int8", "avx512_fp16", "avx512_bf16"} <= isa
    assert "amx_fp16" not in isa


def test_a_gpu_is_seen_without_nvml() -> None:
    inventory = machine("container=kubernetes")
    assert [gpu.bus_id for gpu in inventory.pci_gpus] == ["0000:00:04.0"]
    assert inventory.nvml.kernel_module_version == "535.129.03"


def test_the_node_of_a_gpu_in_wsl_is_seen() -> None:
    inventory = machine("container=none,vm=hyperv,wsl=wsl2")
    assert inventory.nvml.device_nodes == ("dxg",)


def test_an_empty_root_gives_reasons(tmp_path: Path, nones_without_reason: Check) -> None:
    inventory = take_inventory(root=tmp_path, environ={})
    assert nones_without_reason(inventory) == []
    assert inventory.memory.total_bytes is None
    assert inventory.cpu.model is None


def test_files_that_cannot_be_read_or_are_folders(tmp_path: Path) -> None:
    (tmp_path / "proc/meminfo").mkdir(parents=True)
    (tmp_path / "proc/cpuinfo").write_bytes(b"\xff\x00processor : \xfe\n\nflags\n")
    inventory = take_inventory(root=tmp_path, environ={})
    assert inventory.memory.unknown["total_bytes"] == "/proc/meminfo cannot be read"
