"""What the rules on single GPUs share: their names, their settings' command, their examples."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.doctor.commands import as_root
from envprobe.doctor.examination import Examination
from envprobe.doctor.examples import changed, healthy_a100, healthy_gpu, without_start
from envprobe.inventory import Gpu

NVML_QUERIES = "https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceQueries.html"
CLOCK_REASONS = "https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html"
MEMORY_ERRORS = "https://docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt/index.html"


def who(gpu: Gpu) -> str:
    """How findings name it: NVML's number, which is nvidia-smi's."""
    return f"GPU {gpu.nvml_index}"


def smi(examination: Examination, gpu: Gpu, *arguments: str) -> str | None:
    """nvidia-smi as root on that GPU; None in a container and in WSL, whose host must do it."""
    if is_container(examination) or examination.inventory.host.surroundings.wsl == "wsl2":
        return None
    return as_root(" ".join(("nvidia-smi", "-i", str(gpu.nvml_index), *arguments)))


def is_container(examination: Examination) -> bool:
    """Whether the kernel, its modules and the GPUs' settings belong to somebody else's system."""
    return examination.inventory.host.surroundings.container not in (None, "none")


def at_work(gpu: Gpu) -> bool:
    """Whether the GPU is known to be computing now; what an idle one does proves nothing."""
    if gpu.throttle_reasons is None or "gpu_idle" in gpu.throttle_reasons:
        return False
    clock, most = gpu.sm_clock_hertz, gpu.sm_clock_max_hertz
    return clock is not None and most is not None and clock > most / 2


def with_gpu(**fields: Any) -> Examination:
    """The healthy machine, whose only GPU differs in these fields."""
    return with_gpus(fields)


def with_gpus(*several: dict[str, Any]) -> Examination:
    """The healthy machine with so many GPUs, each differing in its fields; TensorFlow unasked."""
    gpus = tuple(
        msgspec.structs.replace(
            healthy_a100(),
            **{
                "nvml_index": index,
                "cuda_index": index,
                "uuid": f"GPU-{index:08x}-0000-0000-0000-000000000000",
                **fields,
            },
        )
        for index, fields in enumerate(several)
    )
    return changed(without_start(healthy_gpu()), "inventory.nvml.gpus", gpus)


def working(**fields: Any) -> Examination:
    """The healthy machine, whose only GPU computes at nearly its full clock."""
    busy = {"sm_clock_hertz": 1.2e9, "sm_clock_max_hertz": 1.41e9, "throttle_reasons": ()}
    return with_gpu(**{**busy, **fields})
