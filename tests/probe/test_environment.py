"""What of a machine decides support, from inventories made by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from envprobe.inventory.cpu import Cpu
from envprobe.inventory.cuda_visible import resolve_visible
from envprobe.inventory.distributions import Distribution
from envprobe.inventory.gpu import Gpu, GpuProcess, MigInstance
from envprobe.inventory.host import Host
from envprobe.inventory.inventory import Inventory
from envprobe.inventory.memory import Memory
from envprobe.inventory.nvml import Nvml
from envprobe.inventory.pci import PciGpu
from envprobe.inventory.python import Python
from envprobe.inventory.software import Software
from envprobe.inventory.take import with_cuda_indexes
from envprobe.matrix.digest import digest
from envprobe.probe.environment import (
    devices_from,
    environment_from,
    environment_without_tensorflow,
)

replace = msgspec.structs.replace
GIB = 1024**3
HOPPER = "NVIDIA H200"
KETTLE = "NVIDIA Tea Kettle 9000"


def gpu(nvml_index: int, name: str = HOPPER, **changes: Any) -> Gpu:
    fields: dict[str, Any] = {
        "cuda_index": nvml_index,
        "uuid": f"GPU-0000000{nvml_index}-aaaa-bbbb-cccc-dddddddddddd",
        "pci_bus_id": f"00000000:0{nvml_index}:00.0",
        "compute_capability": "9.0",
        "memory_total_bytes": 141 * 10**9,
    }
    return Gpu(nvml_index=nvml_index, name=name, **(fields | changes))


def inventory(*gpus: Gpu, packages: dict[str, str] | None = None, **changes: Any) -> Inventory:
    listed = tuple(
        Distribution(name=name, version=version, folder="/home/alice/venv", role="nvidia")
        for name, version in (packages or {}).items()
    )
    fields: dict[str, Any] = {
        "host": Host(hostname="teapot", machine="x86_64", kernel="6.1.0-teapot"),
        "cpu": Cpu(model="Tea CPU", isa=("avx", "avx2")),
        "memory": Memory(total_bytes=64 * GIB, usable_bytes=32 * GIB),
        "nvml": Nvml(state="ok" if gpus else "absent", driver_version="550.54.15", gpus=gpus),
        "software": Software(python=Python(version="3.11.7"), packages=listed),
    }
    return Inventory(**(fields | changes))


def hello(*devices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "python": "3.11.7",
        "executable": "/home/alice/venv/bin/python",
        "tensorflow": {
            "version": "2.21.0",
            "git_version": "v2.21.0-0-gabc",
            "compiler": "clang 18",
            "compile_flags": ["-O3"],
            "build_info": {"cuda_version": "12.9", "cudnn_version": "9", "is_cuda_build": True},
        },
        "packages": {"numpy": "2.4.6", "keras": "3.15.1"},
        "onednn": True,
        "devices": [{"name": "CPU:0", "device_type": "CPU", "details": {}}, *devices],
        "libraries": ["/home/alice/venv/libcudnn.so.9"],
    }
    return fields | changes


def listed_gpu(index: int, **details: Any) -> dict[str, Any]:
    return {"name": f"GPU:{index}", "device_type": "GPU", "details": details}


def test_a_cpu_machine() -> None:
    machine = inventory()
    (cpu,) = devices_from(machine, hello())
    assert (cpu.name, cpu.device_type, cpu.model) == ("CPU:0", "CPU", "Tea CPU")
    assert cpu.memory_bytes == 32 * GIB
    assert cpu.peak_flops_per_second == {}
    assert cpu.peak_bytes_per_second is None
    environment = environment_from(machine, hello(), {})
    assert environment.devices == ("CPU:0 CPU Tea CPU",)
    assert environment.machine == "x86_64"
    assert environment.cpu_isa == ("avx", "avx2")
    assert environment.onednn is True
    assert environment.python == "3.11"
    assert environment.tensorflow == "2.21.0"
    assert environment.tensorflow_build["git_version"] == "v2.21.0-0-gabc"
    assert environment.driver is None  # there is no GPU that it would drive
    assert environment.packages == {"numpy": "2.4.6", "keras": "3.15.1"}


def test_gpus_have_what_nvml_says_and_what_their_maker_publishes() -> None:
    machine = inventory(gpu(0), gpu(1))
    told = hello(listed_gpu(0, compute_capability="9.0", device_name=HOPPER), listed_gpu(1))
    _, first, second = devices_from(machine, told)
    assert first.model == second.model == HOPPER
    assert first.compute_capability == second.compute_capability == "9.0"
    assert (second.cuda_index, second.nvml_index) == (1, 1)
    assert second.uuid == "GPU-00000001-aaaa-bbbb-cccc-dddddddddddd"
    assert second.memory_bytes == 141 * 10**9
    assert first.peak_flops_per_second["bfloat16"] == pytest.approx(989e12, rel=0.01)
    assert first.peak_bytes_per_second == pytest.approx(4.8e12, rel=0.01)
    assert first.peak_source
    environment = environment_from(machine, told, {})
    assert environment.devices[1:] == (
        "GPU:0 GPU NVIDIA H200 cc 9.0",
        "GPU:1 GPU NVIDIA H200 cc 9.0",
    )
    assert environment.driver == "550.54.15"
    assert (environment.cuda, environment.cudnn) == ("12.9", "9")


def test_a_gpu_model_that_nobody_published_has_no_peaks() -> None:
    machine = inventory(gpu(0, KETTLE, compute_capability=None))
    _, kettle = devices_from(machine, hello(listed_gpu(0)))
    assert kettle.model == KETTLE
    assert kettle.compute_capability is None
    assert kettle.peak_flops_per_second == {}
    assert kettle.peak_bytes_per_second is None
    assert kettle.peak_source is None


@pytest.mark.parametrize(
    ("visible", "nvml_indexes"),
    [
        (None, [0, 1, 2]),
        ("2,0", [2, 0]),
        ("1", [1]),
        ("GPU-00000002,GPU-00000001", [2, 1]),
    ],
)
def test_cuda_visible_devices_reorders(visible: str | None, nvml_indexes: list[int]) -> None:
    names = [HOPPER, KETTLE, "NVIDIA A100-SXM4-80GB"]
    bare = tuple(gpu(index, name, cuda_index=None) for index, name in enumerate(names))
    environ = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    if visible is not None:
        environ["CUDA_VISIBLE_DEVICES"] = visible
    machine = inventory(*with_cuda_indexes(bare, resolve_visible(bare, environ)))
    told = hello(*(listed_gpu(index) for index in range(len(nvml_indexes))))
    found = devices_from(machine, told)[1:]
    assert [device.nvml_index for device in found] == nvml_indexes
    assert [device.cuda_index for device in found] == list(range(len(found)))
    assert [device.model for device in found] == [names[index] for index in nvml_indexes]


def test_a_mig_instance_is_not_its_whole_gpu() -> None:
    mig = MigInstance(index=0, uuid="MIG-1", memory_total_bytes=16 * GIB)
    bare = (gpu(0, cuda_index=None, mig_enabled=True, mig_instances=(mig,)),)
    machine = inventory(*with_cuda_indexes(bare, resolve_visible(bare, {})))
    name = "NVIDIA H200 MIG 1g.18gb"
    told = hello(listed_gpu(0, device_name=name, compute_capability="9.0"))
    _, instance = devices_from(machine, told)
    assert instance.model == name
    assert instance.compute_capability == "9.0"
    assert instance.memory_bytes == 16 * GIB  # not that of the whole GPU
    assert instance.uuid == "MIG-1"
    assert instance.peak_flops_per_second == {}


def test_a_gpu_that_nvml_does_not_know_has_tensorflows_words() -> None:
    told = hello(listed_gpu(0, device_name="AMD Instinct", compute_capability="9.4"))
    _, device = devices_from(inventory(), told)
    assert device.model == "AMD Instinct"
    assert (device.nvml_index, device.cuda_index, device.uuid) == (None, None, None)
    assert device.peak_flops_per_second == {}


def test_a_device_type_that_nobody_knows() -> None:
    npu = {"name": "NPU:0", "device_type": "NPU", "details": {"unknown": "not supported"}}
    told = hello(npu)
    _, device = devices_from(inventory(gpu(0)), told)
    assert device.device_type == "NPU"
    assert device.model is None
    assert device.nvml_index is None
    assert environment_from(inventory(), told, {}).devices[1] == "NPU:0 NPU unknown model"


def test_a_build_that_tells_nothing() -> None:
    told = hello()
    told["tensorflow"] = {**told["tensorflow"], "build_info": {}}
    environment = environment_from(inventory(), told, {})
    assert environment.cuda is None
    assert environment.cudnn is None


def test_cuda_wheels_decide_only_beside_a_gpu() -> None:
    packages = {"nvidia-cudnn-cu12": "9.3", "nvidia-ml-py": "12.0", "numpy": "1.0"}
    without = environment_from(inventory(packages=packages), hello(), {})
    assert without.packages == hello()["packages"]
    beside = environment_from(inventory(gpu(0), packages=packages), hello(), {})
    # nvidia-ml-py comes with envprobe; numpy's version is the worker's.
    assert beside.packages == {**hello()["packages"], "nvidia-cudnn-cu12": "9.3"}


def test_only_variables_that_decide_are_kept() -> None:
    environ = {
        "TF_USE_LEGACY_KERAS": "1",
        "NVIDIA_TF32_OVERRIDE": "0",
        "XLA_FLAGS": "--xla_gpu_cuda_data_dir=/home/alice/cuda --xla_gpu_autotune_level=0",
        "CUBLAS_LOGDEST_DBG": "~/logs/teapot",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "GPU-00000000",
        "HOME": "/home/alice",
        "TF_CONFIG": '{"cluster": {"worker": ["teapot:1"]}}',
    }
    assert environment_from(inventory(), hello(), environ).variables == {
        "CUBLAS_LOGDEST_DBG": "…",
        "NVIDIA_TF32_OVERRIDE": "0",
        "TF_USE_LEGACY_KERAS": "1",
        "XLA_FLAGS": "--xla_gpu_cuda_data_dir=… --xla_gpu_autotune_level=0",
    }


def another_machine(machine: Inventory) -> Inventory:
    """The same kind of machine: another one."""
    gpus = tuple(
        replace(
            one,
            uuid=f"GPU-{one.nvml_index:08x}-9999-9999-9999-999999999999",
            pci_bus_id=f"00000000:{one.nvml_index + 60:02X}:00.0",
            memory_free_bytes=5,
            memory_used_bytes=7,
            temperature_celsius=70.0,
            sm_clock_hertz=1.2e9,
            ecc_corrected_aggregate=3,
            processes=(GpuProcess(pid=4242, kind="compute"),),
        )
        for one in machine.nvml.gpus
    )
    software = replace(
        machine.software,
        python=Python(version="3.11.9", executable="/opt/other/bin/python"),
        packages=tuple(replace(p, folder="/opt/other") for p in machine.software.packages or ()),
    )
    return replace(
        machine,
        host=Host(hostname="kettle", machine="x86_64", kernel="5.15.0-kettle"),
        memory=Memory(total_bytes=128 * GIB, available_bytes=3 * GIB, usable_bytes=3 * GIB),
        nvml=replace(machine.nvml, gpus=gpus),
        pci_gpus=(PciGpu(bus_id="0000:01:00.0", vendor="10de", device_id="2335"),),
        software=software,
    )


def test_machines_of_one_kind_share_their_digest() -> None:
    machine = inventory(gpu(0), gpu(1), packages={"nvidia-cudnn-cu12": "9.3"})
    told = hello(listed_gpu(0), listed_gpu(1))
    there = {**told, "executable": "/opt/other/bin/python", "libraries": [], "python": "3.11.9"}
    here = environment_from(machine, told, {"HOSTNAME": "teapot", "TF_USE_LEGACY_KERAS": "1"})
    same = environment_from(
        another_machine(machine), there, {"HOSTNAME": "kettle", "TF_USE_LEGACY_KERAS": "1"}
    )
    assert here == same
    assert digest(here) == digest(same)


@pytest.mark.parametrize(
    "changed",
    [
        {"onednn": False},
        {"python": "3.12.1"},
        {"packages": {"numpy": "1.26.4"}},
        {"devices": hello()["devices"] * 2},
    ],
    ids=str,
)
def test_what_decides_support_changes_the_digest(changed: dict[str, Any]) -> None:
    machine = inventory()
    here = environment_from(machine, hello(), {})
    assert digest(environment_from(machine, hello(**changed), {})) != digest(here)


def test_the_isa_and_the_driver_change_the_digest() -> None:
    machine = inventory(gpu(0))
    slower = replace(machine, cpu=replace(machine.cpu, isa=("avx",)))
    older = replace(machine, nvml=replace(machine.nvml, driver_version="535.1"))
    told = hello(listed_gpu(0))
    digests = {digest(environment_from(m, told, {})) for m in (machine, slower, older)}
    assert len(digests) == 3


MARKERS = ("teapot", "GPU-0000", "/home/alice", "alice", "4242", "00.0")


@given(
    st.dictionaries(
        st.sampled_from(["XLA_FLAGS", "TF_XLA_FLAGS", "TF_GPU_X", "HOSTNAME", "LD_LIBRARY_PATH"]),
        st.sampled_from(["--a=/home/alice/x", "/home/alice", "1", "-L/home/alice:/home/alice/y"]),
    )
)
def test_nothing_in_an_environment_names_one_machine(environ: dict[str, str]) -> None:
    machine = inventory(
        gpu(0, processes=(GpuProcess(pid=4242, kind="compute"),)),
        packages={"nvidia-cudnn-cu12": "9.3"},
    )
    text = msgspec.json.encode(environment_from(machine, hello(listed_gpu(0)), environ)).decode()
    assert not [marker for marker in MARKERS if marker in text]


def test_without_tensorflow_only_the_machine_is_known() -> None:
    environment = environment_without_tensorflow(inventory(gpu(0)))
    assert environment.devices == ()
    assert environment.tensorflow is None
    assert environment.python == "3.11"
    assert environment.driver == "550.54.15"
    assert environment_without_tensorflow(inventory()).driver is None


def test_without_anything_known_there_still_is_an_environment() -> None:
    nothing = Inventory(
        host=Host(),
        cpu=Cpu(),
        memory=Memory(),
        nvml=Nvml(state="absent"),
        software=Software(python=Python()),
    )
    environment = environment_without_tensorflow(nothing)
    assert (environment.machine, environment.python, environment.cpu_isa) == (
        "unknown",
        "unknown",
        (),
    )
    assert environment_from(nothing, hello(), {}).devices == ("CPU:0 CPU unknown model",)
