"""A newer libcuda was tried on an older kernel module, and this GPU does not allow it."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import ON_WSL, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return degraded(sighting, log, Cause.WSL_ISSUE if log.platform == "wsl" else None)


RULE = Rule(
    code="LOG143",
    name="forward-compatibility-refused",
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE"),
        Pattern(r"cudaErrorCompatNotSupportedOnDevice"),
        Pattern(r"[Ff]orward compatibility was attempted on non supported HW"),
        Pattern(r"failed call to cuInit: (?:.*: )?(?:UNKNOWN ERROR |CUresult)\(804\)"),
        Pattern(r"cudaGetDeviceCount returned 804"),
    ),
    yields_to=("kernel-module-other-than-library",),
    seen="cuInit failed: the libcuda in use is newer than the kernel module, and this GPU does "
    "not allow it.",
    why="Only data-center GPUs may run a newer libcuda (package cuda-compat) on an older kernel "
    "module. On other GPUs it comes from an image with its own libcuda, or from a driver "
    "update without a reboot.",
    fix="Reboot if the driver was updated. In a container take /usr/local/cuda/compat out of "
    "LD_LIBRARY_PATH and remove libnvidia-compute and cuda-compat from the image; or update "
    "the host's driver to the image's version.",
    candidates=(
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="nvidia-smi on the host shows an older CUDA than the image's",
        ),
        ON_WSL,
    ),
    read=_read,
    source="https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html",
    hits=(
        "E external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:152] failed call to cuInit: "
        "INTERNAL: CUDA error: Failed call to cuInit: CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE: "
        "forward compatibility was attempted on non supported HW\n",
    ),
    misses=(
        "NOTE: CUDA Forward Compatibility mode ENABLED.\n"
        "  Using CUDA 12.2 driver version 535.54.03 with kernel driver version 525.105.17.\n",
    ),
)
