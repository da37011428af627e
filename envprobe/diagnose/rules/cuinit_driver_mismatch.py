"""cuInit refuses: libcuda and the kernel module do not belong together."""

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
    code="LOG142",
    name="cuinit-driver-mismatch",
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
        Pattern(r"cudaErrorSystemDriverMismatch"),
        Pattern(r"ystem has unsupported display driver / cuda driver combination"),
        Pattern(r"failed call to cuInit: (?:.*: )?(?:UNKNOWN ERROR |CUresult)\(803\)"),
        Pattern(r"cudaGetDeviceCount returned 803"),
    ),
    yields_to=("kernel-module-other-than-library",),
    seen="cuInit failed with CUDA_ERROR_SYSTEM_DRIVER_MISMATCH.",
    why="libcuda is of another driver version than the loaded kernel module: the driver was "
    "updated without a reboot, or the image holds a libcuda of its own.",
    fix="Reboot the machine. In a container remove the driver's packages (libnvidia-compute-*, "
    "libcuda1, cuda-compat) from the image and from LD_LIBRARY_PATH, so that the host's "
    "libcuda is used.",
    candidates=(
        Candidate(
            cause=Cause.DRIVER_TOO_OLD,
            check="the image's libcuda is newer on purpose (cuda-compat)",
        ),
        ON_WSL,
    ),
    read=_read,
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    hits=(
        "E external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:274] failed call to cuInit: "
        "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver / cuda driver "
        "combination\n",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed call to cuInit: "
        "CUDA_ERROR_UNKNOWN: unknown error\n",
    ),
)
