"""NVML, or the kernel's own log, says that module and libraries of the driver differ."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG141",
    name="nvml-other-than-kernel-module",
    cause=Cause.DRIVER_LIBRARY_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"[Dd]river/library version mismatch"),
        Pattern(r"NVMLError_LibRmVersionMismatch"),
        Pattern(r"RM has detected an NVML/RM version mismatch"),
        Pattern(r"Failed to initialize NVML: Function Not Found"),
        Pattern(r"NVMLError_FunctionNotFound"),
        Pattern(
            r"API mismatch: the client has the version (?P<library>[0-9.]+), (?:but )?this kernel "
            r"module has the version (?P<kernel_module>[0-9.]+)"
        ),
        Pattern(r"NVRM: API mismatch"),
        Pattern(r"API mismatch: the client has the version (?P<library>[0-9]+[0-9.]*[0-9])"),
    ),
    seen="The libraries of the NVIDIA driver[ ({library})] do not fit the loaded kernel module[ "
    "({kernel_module})].",
    why="The driver was updated, often by automatic updates, while the old module stayed loaded; "
    "or libraries of another version remain on the machine or lie inside the image.",
    fix="Reboot (or stop every GPU process and reload the nvidia modules). If it stays: compare "
    "/proc/driver/nvidia/version with the links of libnvidia-ml.so.1 and libcuda.so.1, remove "
    "the stale packages and links, run ldconfig, and rebuild the initramfs. Hold the driver "
    "packages back from automatic updates.",
    candidates=(
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="/proc/driver/nvidia/version does not exist: no module is loaded at all",
        ),
    ),
    source="https://docs.nvidia.com/deploy/nvml-api/group__nvmlDeviceEnumvs.html",
    hits=(
        "$ nvidia-smi\n"
        "Failed to initialize NVML: Driver/library version mismatch\n"
        "NVML library version: 535.161\n",
        "[  812.345678] NVRM: API mismatch: the client has the version 535.161.07, but\n"
        "NVRM: this kernel module has the version 535.154.05.  Please\n",
        "pynvml.nvml.NVMLError_LibRmVersionMismatch: RM has detected an NVML/RM version "
        "mismatch.\n",
    ),
    misses=(
        "Failed to initialize NVML: Driver Not Loaded\n",
        "Failed to initialize NVML: Unknown Error\n",
    ),
)
