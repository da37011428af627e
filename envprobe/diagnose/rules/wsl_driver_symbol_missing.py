"""libcuda lacks a function that the Windows driver below WSL expects: cuInit answers NOT_FOUND."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import OTHER_VERSIONS, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return degraded(sighting, log)


RULE = Rule(
    code="LOG110",
    name="wsl-driver-symbol-missing",
    cause=Cause.WSL_ISSUE,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"failed call to cuInit: (?:.*: )?CUDA_ERROR_NOT_FOUND"),
        Pattern(r"Call to cuInit results in CUDA_ERROR_NOT_FOUND"),
        Pattern(
            r"(?:cuda|CUDA).{0,60}Error 500: named symbol not found", anchors=("Error 500: named",)
        ),
        Pattern(r"[Nn]amed symbol not found \(error 500\)"),
        Pattern(r"cudaGetDeviceCount returned 500"),
        Pattern(r"CUDA_ERROR_NOT_FOUND\) cuInit\(\)=500"),
    ),
    seen="cuInit failed with CUDA_ERROR_NOT_FOUND (named symbol not found).",
    why="The libcuda that is mounted into the container is only a front for the Windows driver. "
    "When the Windows driver is newer than the container toolkit (the one inside Docker "
    "Desktop, too), a library of the driver is not mounted and a function is missing.",
    fix="Update Docker Desktop (4.31 or newer) or nvidia-container-toolkit inside WSL (1.15 or "
    "newer), then `wsl --shutdown`. If you cannot, go back to the Windows driver that worked "
    "before (552 for 555.85). Outside containers: `wsl --update`, and no NVIDIA driver "
    "packages inside WSL.",
    candidates=(
        OTHER_VERSIONS,
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="the machine runs plain Linux: the files of the driver are incomplete, install "
            "it anew",
        ),
    ),
    read=_read,
    source="https://docs.nvidia.com/cuda/wsl-user-guide/index.html",
    hits=(
        "2024-06-10 10:00:00.000001: E "
        "external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:282] failed call to cuInit: "
        "CUDA_ERROR_NOT_FOUND: named symbol not found\n"
        "[]\n",
        "E0000 00:00:1740000000.000001 12 cuda_driver.cc:152] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: CUDA_ERROR_NOT_FOUND: named symbol not found\n",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed call to cuInit: "
        "CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected\n",
        "E external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:1045] failed to get function "
        "CUDA_ERROR_NOT_FOUND: named symbol not found\n",
    ),
)
