"""Plausible machines on which nothing is wrong: no finding is graver than a remark."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import (
    GIB,
    changed,
    healthy_a100,
    healthy_cpu,
    healthy_gpu,
    with_environ,
    with_gpu,
    with_package,
    with_tensorflow_version,
    without_start,
)
from envprobe.doctor.judge import judge
from envprobe.doctor.rules._access import with_driver_library
from envprobe.doctor.rules._gpus import with_gpus
from envprobe.inventory.gpu import GpuProcess, MigInstance
from envprobe.inventory.nvml import Nvml
from envprobe.terms import Severity


def inside(machine: Examination, engine: str = "docker") -> Examination:
    """In a container as its engine makes it, with 64 MiB of shared memory."""
    machine = changed(machine, "inventory.host.surroundings.container", engine)
    return changed(machine, "inventory.host.limits.shm_total_bytes", 64 << 20)


def desktop() -> Examination:
    machine = with_gpu(healthy_gpu(), "NVIDIA GeForce RTX 3060 Ti", "8.6")
    machine = changed(machine, "inventory.nvml.gpus.0.memory_total_bytes", 8 * GIB)
    machine = changed(machine, "inventory.nvml.gpus.0.memory_used_bytes", GIB)
    display = GpuProcess(pid=1, kind="graphics", name="Xorg", memory_bytes=GIB)
    return changed(machine, "inventory.nvml.gpus.0.processes", (display,))


def wsl() -> Examination:
    machine = changed(desktop(), "inventory.host.surroundings.wsl", "wsl2")
    machine = changed(machine, "inventory.host.kernel", "5.15.153.1-microsoft-standard-WSL2")
    machine = changed(machine, "inventory.pci_gpus", ())
    machine = changed(machine, "inventory.nvml.kernel_module_version", None)
    machine = changed(machine, "inventory.nvml.device_nodes", ("dxg",))
    machine = changed(machine, "inventory.nvml.gpus.0.processes", None)
    return with_driver_library(machine, "/usr/lib/wsl/lib/libcuda.so.1", "1.1")


def cloud_container() -> Examination:
    machine = inside(with_gpu(healthy_gpu(), "Tesla T4", "7.5"))
    return with_environ(
        machine, NVIDIA_VISIBLE_DEVICES="all", NVIDIA_DRIVER_CAPABILITIES="compute,utility"
    )


def pod_of_a_cpu_build() -> Examination:
    nvml = Nvml(state="absent", reason="not there", kernel_module_version="570.124.06")
    machine = changed(inside(healthy_cpu(), "kubernetes"), "inventory.nvml", nvml)
    machine = changed(machine, "inventory.pci_gpus", healthy_gpu().inventory.pci_gpus)
    machine = changed(machine, "inventory.memory.usable_bytes", 3 * GIB)
    return with_environ(machine, NVIDIA_VISIBLE_DEVICES="void")


def vendors_container() -> Examination:
    machine = with_gpu(healthy_gpu(), "NVIDIA H100 80GB HBM3", "9.0")
    machine = without_start(with_tensorflow_version(machine, "2.17.0+nv25.1"))
    build = "inventory.software.build"
    machine = changed(machine, f"{build}.cuda_version", "12.8")
    targets = ("sm_80", "sm_90", "sm_100", "sm_120", "compute_120")
    machine = changed(machine, f"{build}.cuda_compute_capabilities", targets)
    packages = tuple(
        one for one in machine.inventory.software.packages or () if one.role != "nvidia"
    )
    return inside(changed(machine, "inventory.software.packages", packages))


def jetson() -> Examination:
    machine = changed(vendors_container(), "inventory.host.kernel", "5.15.136-tegra")
    machine = changed(machine, "inventory.host.machine", "aarch64")
    machine = changed(machine, "inventory.cpu.architecture", "aarch64")
    machine = changed(machine, "inventory.cpu.isa", ("asimd",))
    machine = changed(machine, "inventory.software.python.platform", "linux-aarch64")
    machine = changed(machine, "inventory.pci_gpus", ())
    nodes = ("nvidia0", "nvidiactl", "nvidia-modeset")
    nvml = Nvml(
        state="absent", reason="not there", kernel_module_version="540.4.0", device_nodes=nodes
    )
    machine = changed(machine, "inventory.nvml", nvml)
    return with_driver_library(machine, "/usr/lib/aarch64-linux-gnu/nvidia/libcuda.so.1.1", "1.1")


def conda() -> Examination:
    machine = without_start(with_tensorflow_version(healthy_cpu(), "2.17.1"))
    machine = changed(machine, "inventory.software.tensorflow.0.installer", "conda")
    machine = changed(machine, "inventory.software.python.version", "3.13.1")
    return with_package(with_package(machine, "keras", "3.8.0"), "protobuf", "5.28.3")


def conda_with_gpu() -> Examination:
    """Its own libraries are taken by its TensorFlow's RPATH, whatever the system has."""
    machine = changed(healthy_gpu(), "inventory.software.tensorflow.0.installer", "conda")
    report = machine.inventory.tensorflow
    assert report is not None
    loaded = tuple(
        msgspec.structs.replace(one, path=f"/venv/lib/{one.soname}", as_expected=False)
        for one in report.loaded
    )
    return changed(machine, "inventory.tensorflow.loaded", loaded)


def job_with_two_of_eight() -> Examination:
    others = {
        "compute_mode": "exclusive_process",
        "memory_used_bytes": 30 * GIB,
        "throttle_reasons": ("hw_thermal_slowdown",),
        "processes": (GpuProcess(pid=9, kind="compute", name="python", memory_bytes=29 * GIB),),
    }
    machine = with_gpus(*({} if number in (2, 3) else others for number in range(8)))
    return with_environ(machine, CUDA_VISIBLE_DEVICES="2,3")


def one_for_the_display() -> Examination:
    old = {"name": "NVIDIA GeForce GTX 980", "compute_capability": "5.2"}
    return with_gpus({"name": "NVIDIA GeForce RTX 4090", "compute_capability": "8.9"}, old)


def slice_of_a_gpu() -> Examination:
    instance = MigInstance(index=0, cuda_index=0, uuid="MIG-6a4a9e8c")
    gpu = msgspec.structs.replace(
        healthy_a100(), mig_enabled=True, mig_pending=True, mig_instances=(instance,)
    )
    return inside(changed(healthy_gpu(), "inventory.nvml.gpus", (gpu,)), "kubernetes")


MACHINES = (
    desktop,
    wsl,
    cloud_container,
    pod_of_a_cpu_build,
    vendors_container,
    jetson,
    conda,
    conda_with_gpu,
    job_with_two_of_eight,
    one_for_the_display,
    slice_of_a_gpu,
)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_a_plausible_machine_has_nothing_but_remarks(machine: Callable[[], Examination]) -> None:
    assert [f for f in judge(machine()) if f.severity is not Severity.INFO] == []


def test_what_the_variable_leaves_is_still_looked_at() -> None:
    machine = with_environ(job_with_two_of_eight(), CUDA_VISIBLE_DEVICES="1,2")
    grave = {f.code: f.seen for f in judge(machine) if f.severity is not Severity.INFO}
    assert set(grave) == {"DOC118", "DOC125"}
    assert "GPU 1" in grave["DOC118"]
