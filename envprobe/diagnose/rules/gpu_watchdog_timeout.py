"""The driver stopped a GPU kernel that ran too long on a GPU with a display."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG183",
    name="gpu-watchdog-timeout",
    cause=Cause.CUDA_RUNTIME_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"CUDA_ERROR_LAUNCH_TIMEOUT"),
        Pattern(r"cudaErrorLaunchTimeout"),
        Pattern(r"the launch timed out and was terminated"),
        Pattern(
            r"Display driver (?:nvlddmkm )?stopped responding and has (?:successfully )?recovered"
        ),
    ),
    seen="the driver ended a kernel that ran too long[ in {node}]",
    why="A GPU that drives a display is guarded: a kernel of more than a few seconds (two "
    "on Windows) is taken for a hang, and the GPU is reset.",
    fix="Make kernels shorter (smaller batch), use a GPU without a display, or raise the limit: on "
    "Windows TdrDelay in HKLM\\System\\CurrentControlSet\\Control\\GraphicsDrivers; on Linux "
    'Option "Interactive" "0" in xorg.conf.',
    yields_to=("gpu-hardware-fault",),
    source="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html",
    hits=(
        "2020-12-13 14:15:16.1: E tensorflow/stream_executor/cuda/cuda_event.cc:29] Error "
        "polling for event status: failed to query event: CUDA_ERROR_LAUNCH_TIMEOUT: the "
        "launch timed out and was terminated",
    ),
    misses=("RuntimeError: the launcher timed out",),
)
