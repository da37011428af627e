"""The driver answers that it has no CUDA device for this process."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import HIDDEN, NO_DRIVER, ON_WSL, OTHER_VERSIONS, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    chosen = log.field("cuda-visible-devices", "value")
    if log.platform == "wsl":
        return degraded(sighting, log, Cause.WSL_ISSUE, candidates=(NO_DRIVER, HIDDEN))
    if chosen is not None and chosen not in ("0", "all"):
        fields: dict[str, str | int | float] = {"visible": chosen or "(empty)"}
        return degraded(sighting, log, Cause.DEVICE_ORDINAL, fields, (NO_DRIVER, OTHER_VERSIONS))
    if "nvidia-container-cli" in sighting.line.text:  # the container does not start
        return Reading(kind=Kind.FATAL)
    return degraded(sighting, log)


RULE = Rule(
    code="LOG120",
    name="no-cuda-device",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"failed call to cuInit: (?:.*: )?CUDA_ERROR_NO_DEVICE"),
        Pattern(
            r"[Nn]o (?:CUDA|cuda)-capable device is detected",
            anchors=("-capable device is detected",),
        ),
        Pattern(r"cudaErrorNoDevice"),
        Pattern(r"cudaGetDeviceCount returned (?:100|38)$"),
        Pattern(r"RuntimeError: No CUDA GPUs are available"),
        Pattern(r"NVRM: No NVIDIA (?:GPU|graphics adapter) found"),
        Pattern(r"No GPU devices available on machine"),
    ),
    yields_to=(
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "gpus-hidden",
        "driver-module-not-loaded",
        "container-without-gpu",
    ),
    seen="The driver lists no CUDA device for this process[; CUDA_VISIBLE_DEVICES is {visible}].",
    why="libcuda was found and works, but it sees no GPU: CUDA_VISIBLE_DEVICES names none that "
    "exists, the container was started without GPUs, the kernel driver is not loaded, or the "
    "GPU is in use by another driver (nouveau, vfio).",
    fix="Run nvidia-smi in the same shell or container. If it lists the GPU: unset "
    "CUDA_VISIBLE_DEVICES or give an index that it lists, and look for "
    "os.environ['CUDA_VISIBLE_DEVICES'] in the code. If not: start the container with --gpus "
    "all, or load or reinstall the driver and reboot.",
    candidates=(HIDDEN, ON_WSL, OTHER_VERSIONS),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_driver.cc",
    hits=(
        "2022-03-01 10:00:00.123: E tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed "
        "call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected\n",
        "E0000 00:00:1750000001.000001 9 cuda_platform.cc:51] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is "
        "detected\n",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed call to cuInit: "
        "CUDA_ERROR_UNKNOWN: unknown error\n",
        "2022-03-01 10:00:00.123: E tensorflow/stream_executor/cuda/cuda_driver.cc:1018] failed to "
        "synchronize the stop event: CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure\n",
    ),
)
