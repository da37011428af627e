"""The kernel has no NVIDIA driver loaded, or no device node for the GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import ON_WSL, OTHER_VERSIONS, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.platform == "wsl":
        # There the kernel has no module of NVIDIA's, and this line is always written.
        return degraded(sighting, log, Cause.WSL_ISSUE)
    return degraded(sighting, log)


RULE = Rule(
    code="LOG124",
    name="driver-module-not-loaded",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"kernel driver does not appear to be (?:running|installed) on this host"),
        Pattern(r"no NVIDIA GPU device is present: (?P<path>/dev/nvidia[0-9]+) does not exist"),
        Pattern(r"couldn't communicate with the NVIDIA driver"),
        Pattern(
            r"Failed to initialize NVML: (?:Driver Not Loaded|Unknown Error|Uninitialized|Not "
            r"Found)"
        ),
        Pattern(r"nvml error: (?:driver not loaded|unknown error|insufficient permissions)"),
        Pattern(
            r"NVMLError_(?:DriverNotLoaded|Unknown|NoPermission|GpuNotFound)",
            anchors=("NVMLError_",),
        ),
        Pattern(
            r"modprobe: (?:FATAL|ERROR).*nvidia(?:[-_](?:uvm|current|drm))?\b",
            anchors=("modprobe: ",),
        ),
        Pattern(r"Error: could not insert 'nvidia[-_a-z]*'"),
        Pattern(
            r"NVRM: (?:The NVIDIA probe routine (?:was not called|failed)|rm_init_adapter failed|"
            r"RmInitAdapter failed)",
            anchors=("NVRM: ",),
        ),
        Pattern(r"nvidia-smi: (?:command )?not found"),
        Pattern(r"'?nvidia-smi'? is not recognized as"),
        Pattern(r"error gathering device information while adding custom device \"/dev/nvidia"),
        Pattern(r"(?P<path>/dev/nvidia(?:[0-9]+|ctl|-uvm)): No such file or directory"),
    ),
    yields_to=("driver-library-mismatch", "driver-too-old", "wsl-issue", "gpu-hardware-fault"),
    seen="The NVIDIA kernel driver is not loaded here[: {path} does not exist].",
    why="TensorFlow and nvidia-smi reach the GPU through a kernel module and its device nodes. "
    "The module is not installed for the running kernel (after a kernel update, with Secure "
    "Boot, with nouveau in its place), or the container or virtual machine was not given the "
    "devices.",
    fix="Run `lsmod | grep nvidia` and `dmesg | grep -i nvidia`. Reinstall the driver for the "
    "running kernel (DKMS and the kernel headers), sign it or switch Secure Boot off, block "
    "nouveau, and reboot. In a container start with --gpus all; if the GPU vanished after "
    "`systemctl daemon-reload`, restart the container. On a machine without a GPU the line "
    "does no harm.",
    candidates=(
        ON_WSL,
        OTHER_VERSIONS,
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT, check="`dmesg` shows Xid lines or 'fallen off the bus'"
        ),
    ),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_diagnostics.cc",
    hits=(
        "2021-02-03 04:05:06.7: I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:156] kernel "
        "driver does not appear to be running on this host (node07): /proc/driver/nvidia/version "
        "does not exist\n",
        "$ nvidia-smi\n"
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure "
        "that the latest NVIDIA driver is installed and running.\n",
        "modprobe: FATAL: Module nvidia not found in directory /lib/modules/5.15.0-91-generic\n",
    ),
    misses=(
        "I tensorflow/stream_executor/cuda/cuda_diagnostics.cc:310] kernel version seems to match "
        "DSO: 470.57.2\n",
        "Failed to initialize NVML: Driver/library version mismatch\n",
    ),
)
