"""Two healthy machines, whole in all that rules ask of them.

No rule of severity warning or error fires on either (tests/doctor/test_rules.py).
"""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.doctor.examination import Examination
from envprobe.inventory import Gpu, Inventory, LoadedLibrary, TensorFlowDevice, TensorFlowReport
from envprobe.inventory.cgroup import Cgroup
from envprobe.inventory.container import Surroundings
from envprobe.inventory.cpu import Cpu
from envprobe.inventory.distributions import Distribution
from envprobe.inventory.host import Host
from envprobe.inventory.libraries import Library
from envprobe.inventory.limits import Limits
from envprobe.inventory.memory import Memory
from envprobe.inventory.nvml import Nvml
from envprobe.inventory.pci import PciGpu
from envprobe.inventory.python import Python
from envprobe.inventory.software import Software
from envprobe.inventory.tensorflow_build import TensorFlowBuild
from envprobe.inventory.toolkits import CudaToolkit

GIB = 1 << 30
SITE = "/venv/lib/python3.11/site-packages"
ISA = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512_bf16", "avx512_vnni")
PACKAGES = {
    "keras": ("3.12.0", "keras"),
    "ml-dtypes": ("0.5.3", "feeds"),
    "h5py": ("3.14.0", "feeds"),
    "numpy": ("2.1.3", "feeds"),
    "protobuf": ("5.29.5", "feeds"),
    "typing-extensions": ("4.15.0", "feeds"),
}
NVIDIA = {
    "nvidia-cublas-cu12": "12.5.3.2",
    "nvidia-cuda-nvcc-cu12": "12.5.82",
    "nvidia-cuda-runtime-cu12": "12.5.82",
    "nvidia-cudnn-cu12": "9.3.0.75",
    "nvidia-cufft-cu12": "11.2.3.61",
    "nvidia-cusolver-cu12": "11.6.3.83",
    "nvidia-cusparse-cu12": "12.5.1.3",
}
LIBRARIES = (
    ("cublas", "12", "cublas", "nvidia-cublas-cu12"),
    ("cudart", "12", "cuda_runtime", "nvidia-cuda-runtime-cu12"),
    ("cudnn", "9", "cudnn", "nvidia-cudnn-cu12"),
    ("cufft", "11", "cufft", "nvidia-cufft-cu12"),
    ("cusolver", "11", "cusolver", "nvidia-cusolver-cu12"),
    ("cusparse", "12", "cusparse", "nvidia-cusparse-cu12"),
    ("cublasLt", "12", "cublas", "nvidia-cublas-cu12"),
)


def healthy_cpu() -> Examination:
    """A server without a GPU: Linux, TensorFlow 2.20.0 for CPUs, started and well."""
    return Examination(inventory=_cpu_inventory())


def healthy_gpu() -> Examination:
    """The same server with an A100 and `tensorflow[and-cuda]`, all of whose libraries open."""
    inventory = _cpu_inventory()
    replace = msgspec.structs.replace
    report = inventory.tensorflow
    assert report is not None  # noqa: S101  made below
    gpu = TensorFlowDevice(
        name="GPU:0",
        device_type="GPU",
        model="NVIDIA A100-SXM4-40GB",
        compute_capability="8.0",
        nvml_index=0,
    )
    return Examination(
        inventory=replace(
            inventory,
            pci_gpus=(
                PciGpu(bus_id="0000:07:00.0", vendor="NVIDIA", device_id="20b0", driver="nvidia"),
            ),
            nvml=_nvml(),
            software=_gpu_software(inventory.software),
            tensorflow=replace(
                report,
                build=dict(_gpu_build().entries),
                devices=(*report.devices, gpu),
                loaded=tuple(_loaded(library) for library in _libraries()),
            ),
        ),
        openings={x.soname: None for x in (*_libraries(), _driver_libraries()[0])},
    )


def _cpu_inventory() -> Inventory:
    return Inventory(
        host=Host(
            hostname="healthy",
            os="Ubuntu 24.04.1 LTS",
            os_id="ubuntu",
            os_version="24.04",
            kernel="6.8.0-45-generic",
            machine="x86_64",
            libc="glibc 2.39",
            surroundings=Surroundings(container="none", virtual_machine="none"),
            cgroup=Cgroup(version="v2"),
            limits=Limits(
                open_files=1 << 20,
                open_files_hard=1 << 20,
                shm_total_bytes=128 * GIB,
                shm_free_bytes=128 * GIB,
            ),
        ),
        cpu=Cpu(
            model="AMD EPYC 9354",
            vendor="AuthenticAMD",
            architecture="x86_64",
            isa=ISA,
            sockets=1,
            physical_cores=32,
            logical_cores=64,
            usable_cores=64,
            quota_cores=64.0,
            numa_nodes=1,
            onednn_expected=True,
        ),
        memory=Memory(
            total_bytes=256 * GIB,
            available_bytes=240 * GIB,
            usable_bytes=240 * GIB,
            swap_total_bytes=8 * GIB,
            swap_free_bytes=8 * GIB,
        ),
        nvml=Nvml(state="absent", reason="libnvidia-ml.so.1 cannot be loaded"),
        software=_cpu_software(),
        tensorflow=_report(),
    )


def _cpu_software() -> Software:
    return Software(
        python=Python(
            version="3.11.9",
            implementation="CPython",
            executable="/venv/bin/python",
            prefix="/venv",
            base_prefix="/usr",
            platform="linux-x86_64",
            virtual_environment=True,
            path=("/usr/lib/python3.11", SITE),
        ),
        tensorflow=(
            Distribution(name="tensorflow-cpu", version="2.20.0", folder=SITE, role="tensorflow"),
        ),
        tensorflow_folder=SITE,
        build=TensorFlowBuild(
            path=f"{SITE}/tensorflow/python/platform/build_info.py",
            is_cuda_build=False,
            is_rocm_build=False,
            is_tensorrt_build=False,
            entries={"is_cuda_build": False, "is_rocm_build": False, "is_tensorrt_build": False},
        ),
        packages=tuple(
            Distribution(name=name, version=version, folder=SITE, role=role)  # type: ignore[arg-type]
            for name, (version, role) in sorted(PACKAGES.items())
        ),
        libraries=(),
        toolkits=(),
    )


def _report() -> TensorFlowReport:
    return TensorFlowReport(
        version="2.20.0",
        git_version="v2.20.0-rc0-4-g72fbba3d20f",
        python="3.11.9",
        build={"is_cuda_build": False},
        packages={"keras": "3.12.0", "numpy": "2.1.3"},
        onednn=True,
        devices=(TensorFlowDevice(name="CPU:0", device_type="CPU"),),
    )


def _nvml() -> Nvml:
    return Nvml(
        state="ok",
        driver_version="570.124.06",
        nvml_version="12.570.124.06",
        cuda_driver_version="12.8",
        kernel_module_version="570.124.06",
        device_nodes=("nvidia0", "nvidiactl", "nvidia-uvm"),
        gpus=(healthy_a100(),),
    )


def healthy_a100() -> Gpu:
    """An idle A100 with nothing wrong."""
    return Gpu(
        nvml_index=0,
        cuda_index=0,
        name="NVIDIA A100-SXM4-40GB",
        uuid="GPU-00000000-0000-0000-0000-000000000000",
        pci_bus_id="00000000:07:00.0",
        compute_capability="8.0",
        architecture="Ampere",
        memory_total_bytes=40 * GIB,
        memory_free_bytes=40 * GIB - (500 << 20),
        memory_used_bytes=500 << 20,
        ecc_enabled=True,
        ecc_pending=True,
        ecc_corrected_volatile=0,
        ecc_uncorrected_volatile=0,
        ecc_corrected_aggregate=0,
        ecc_uncorrected_aggregate=0,
        remapped_rows_corrected=0,
        remapped_rows_uncorrected=0,
        remapping_pending=False,
        remapping_failed=False,
        mig_enabled=False,
        mig_pending=False,
        mig_instances=(),
        power_watts=52.0,
        power_limit_watts=400.0,
        power_limit_default_watts=400.0,
        throttle_reasons=(),
        temperature_celsius=35.0,
        pcie_generation=4,
        pcie_generation_max=4,
        pcie_width=16,
        pcie_width_max=16,
        compute_mode="default",
        persistence_mode=True,
        processes=(),
    )


def _gpu_build() -> TensorFlowBuild:
    entries: dict[str, Any] = {
        "is_cuda_build": True,
        "is_rocm_build": False,
        "is_tensorrt_build": False,
        "cuda_version": "12.5.1",
        "cudnn_version": "9",
        "cuda_compute_capabilities": ["sm_60", "sm_70", "sm_80", "sm_89", "compute_90"],
    }
    return TensorFlowBuild(
        path=f"{SITE}/tensorflow/python/platform/build_info.py",
        entries=entries,
        **{**entries, "cuda_compute_capabilities": tuple(entries["cuda_compute_capabilities"])},
    )


def _gpu_software(software: Software) -> Software:
    nvidia = tuple(
        Distribution(name=name, version=version, folder=SITE, role="nvidia")
        for name, version in NVIDIA.items()
    )
    tensorflow = Distribution(name="tensorflow", version="2.20.0", folder=SITE, role="tensorflow")
    return msgspec.structs.replace(
        software,
        tensorflow=(tensorflow,),
        build=_gpu_build(),
        packages=tuple(sorted((*(software.packages or ()), *nvidia), key=lambda p: p.name)),
        libraries=(*_libraries(), *_driver_libraries()),
        toolkits=(
            CudaToolkit(
                folder=f"{SITE}/nvidia/cuda_nvcc",
                version="12.5",
                has_ptxas=True,
                has_libdevice=True,
            ),
        ),
    )


def _libraries() -> tuple[Library, ...]:
    return tuple(
        Library(
            name=name,
            soname=f"lib{name}.so.{major}",
            path=f"{SITE}/nvidia/{folder}/lib/lib{name}.so.{major}",
            source="site-packages",
            order=0,
            version=NVIDIA[distribution],
            distribution=distribution,
        )
        for name, major, folder, distribution in LIBRARIES
    )


def _driver_libraries() -> tuple[Library, ...]:
    return tuple(
        Library(
            name=name,
            soname=f"lib{name}.so.1",
            path=f"/usr/lib/x86_64-linux-gnu/lib{name}.so.1",
            source="ld.so.cache",
            order=0,
            version="570.124.06",
        )
        for name in ("cuda", "nvidia-ml")
    )


def _loaded(library: Library) -> LoadedLibrary:
    return LoadedLibrary(
        soname=library.soname,
        path=library.path,
        version=library.version,
        expected_path=library.path,
        as_expected=True,
    )
