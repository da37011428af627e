"""What inventory and worker said, condensed to the environment that decides support."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from envprobe.facts.gpus import published_peaks
from envprobe.inventory import Gpu, Inventory, MigInstance
from envprobe.matrix.matrix import Device, Environment

# Variables that change which kernels TensorFlow has or picks. TF_ENABLE_ONEDNN_OPTS is not among
# them: what came of it stands in `onednn`.
DECIDING_PREFIXES = (
    "CUBLAS_",
    "CUDA_DISABLE_PTX_JIT",
    "CUDA_FORCE_PTX_JIT",
    "CUDNN_",
    "DNNL_",
    "HSA_OVERRIDE_GFX_VERSION",
    "KERAS_BACKEND",
    "MIOPEN_",
    "NVIDIA_TF32_OVERRIDE",
    "ONEDNN_",
    "TF_CUDNN_",
    "TF_DETERMINISTIC_OPS",
    "TF_DISABLE_",
    "TF_ENABLE_",
    "TF_FORCE_",
    "TF_GPU_",
    "TF_ROCM_",
    "TF_USE_",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
)
# Where one machine keeps its toolkit or its dumps (`--xla_gpu_cuda_data_dir=/home/…`).
PATH = re.compile(r"~?/[^\s,:;'\"]+")
# Asks the driver; comes with envprobe, not with CUDA.
BINDINGS = ("nvidia-ml-py",)


def environment_from(
    inventory: Inventory, hello: Mapping[str, Any], environ: Mapping[str, str]
) -> Environment:
    """Everything that decides support, and nothing that names this one machine."""
    build = dict(hello["tensorflow"]["build_info"])
    return Environment(
        devices=tuple(_line(device) for device in devices_from(inventory, hello)),
        machine=inventory.host.machine or "unknown",
        cpu_isa=tuple(inventory.cpu.isa or ()),
        onednn=hello["onednn"],
        python=".".join(hello["python"].split(".")[:2]),
        tensorflow=hello["tensorflow"]["version"],
        tensorflow_build={"git_version": hello["tensorflow"]["git_version"], **build},
        driver=inventory.nvml.driver_version if inventory.nvml.gpus else None,
        cuda=build.get("cuda_version"),
        cudnn=build.get("cudnn_version"),
        packages={**hello["packages"], **_nvidia_packages(inventory)},
        variables={
            name: PATH.sub("…", value)
            for name, value in sorted(environ.items())
            if name.startswith(DECIDING_PREFIXES) and name != "TF_ENABLE_ONEDNN_OPTS"
        },
    )


def environment_without_tensorflow(inventory: Inventory) -> Environment:
    """What decides support on a machine whose TensorFlow is missing or does not start."""
    return Environment(
        devices=(),
        machine=inventory.host.machine or "unknown",
        cpu_isa=tuple(inventory.cpu.isa or ()),
        onednn=None,
        python=".".join((inventory.software.python.version or "unknown").split(".")[:2]),
        tensorflow=None,
        tensorflow_build={},
        driver=inventory.nvml.driver_version if inventory.nvml.gpus else None,
        cuda=None,
        cudnn=None,
        packages={},
        variables={},
    )


def devices_from(inventory: Inventory, hello: Mapping[str, Any]) -> tuple[Device, ...]:
    """TensorFlow's devices, each beside what NVML or the CPU's own tables say of it."""
    return tuple(_device(inventory, listed) for listed in hello["devices"])


def _device(inventory: Inventory, listed: Mapping[str, Any]) -> Device:
    name, kind = listed["name"], listed["device_type"]
    if kind == "CPU":
        return Device(
            name=name,
            device_type=kind,
            model=inventory.cpu.model,
            memory_bytes=inventory.memory.usable_bytes,
        )
    details = listed["details"]
    gpu, part = _gpu_of(inventory, int(name.split(":")[1])) if kind == "GPU" else (None, None)
    model = (gpu.name if gpu and not part else None) or details.get("device_name")
    capability = details.get("compute_capability") or (gpu.compute_capability if gpu else None)
    memory = part.memory_total_bytes if part else gpu.memory_total_bytes if gpu else None
    # What is published is the peak of the whole GPU, not of a part of it.
    peaks = published_peaks(model, memory) if model and not part else None
    return Device(
        name=name,
        device_type=kind,
        model=model,
        compute_capability=capability,
        cuda_index=part.cuda_index if part else gpu.cuda_index if gpu else None,
        nvml_index=gpu.nvml_index if gpu else None,
        uuid=part.uuid if part else gpu.uuid if gpu else None,
        memory_bytes=memory,
        peak_flops_per_second=dict(peaks.flops_per_second) if peaks else {},
        peak_bytes_per_second=peaks.bytes_per_second if peaks else None,
        peak_source=peaks.source if peaks else None,
    )


def _gpu_of(inventory: Inventory, cuda_index: int) -> tuple[Gpu | None, MigInstance | None]:
    """The GPU, and the part of it that MIG gave us.

    TensorFlow numbers them as CUDA does, after CUDA_VISIBLE_DEVICES.
    """
    for gpu in inventory.nvml.gpus:
        if gpu.cuda_index == cuda_index:
            return gpu, None
        for part in gpu.mig_instances or ():
            if part.cuda_index == cuda_index:
                return gpu, part
    return None, None


def _line(device: Device) -> str:
    parts = [device.name, device.device_type, device.model or "unknown model"]
    if device.compute_capability:
        parts.append(f"cc {device.compute_capability}")
    return " ".join(parts)


def _nvidia_packages(inventory: Inventory) -> dict[str, str]:
    """The wheels that bring CUDA decide support only where there is a GPU."""
    if not inventory.nvml.gpus:
        return {}
    return {
        package.name: package.version
        for package in inventory.software.packages or ()
        if package.name.startswith("nvidia-") and package.name not in BINDINGS
    }
