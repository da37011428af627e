"""The driver is loaded and cannot be initialised: cuInit fails with an error of its own."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.rules._gpu_access import NO_DRIVER, ON_WSL, OTHER_VERSIONS, degraded
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(sighting: Sighting, log: Log) -> Reading | None:
    if log.platform == "wsl":
        return degraded(sighting, log, Cause.WSL_ISSUE, candidates=(NO_DRIVER, OTHER_VERSIONS))
    return degraded(sighting, log)


RULE = Rule(
    code="LOG121",
    name="driver-state-unusable",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(
            r"failed call to cuInit: (?:.*: "
            r")?(?P<code>CUDA_ERROR_(?:UNKNOWN|INVALID_DEVICE|INVALID_VALUE|NOT_INITIALIZED|"
            r"DEINITIALIZED|OPERATING_SYSTEM|NOT_PERMITTED|NOT_SUPPORTED|SYSTEM_NOT_READY|"
            r"MPS_[A-Z_]+|DEVICE_NOT_LICENSED|DEVICE_UNAVAILABLE|ILLEGAL_STATE|INVALID_HANDLE|"
            r"ECC_UNCORRECTABLE|OUT_OF_MEMORY))"
        ),
        Pattern(
            r"failed call to cuInit: (?:.*: )?(?:UNKNOWN ERROR |CUresult)"
            r"\((?P<code>[1-9][0-9]{2})\)"
        ),
        Pattern(
            r"(?:cuda|CUDA) (?:initialization: )?(?:CUDA )?unknown error - this may be due to an "
            r"incorrectly set up"
        ),
        Pattern(r"cudaGetDeviceCount returned (?P<code>999|30|802|3|304)$"),
        Pattern(r"(?P<code>CUDA_ERROR_SYSTEM_NOT_READY)"),
        Pattern(r"(?P<code>cudaErrorSystemNotReady)"),
        Pattern(
            r"\[\[ (?P<code>(?:[Uu]nknown|[Ii]nitialization) error|[Ss]ystem not yet "
            r"initialized) \(error [0-9]+\)",
            anchors=(" (error ",),
        ),
        Pattern(
            r"Call to cuInit results in (?P<code>CUDA_ERROR_UNKNOWN|CUDA_ERROR_[A-Z]+ \(999\))"
        ),
        Pattern(
            r"nvidia-container-cli: initialization error: (?:cuda error|driver error): "
            r"(?P<code>unknown error|failed to process request)"
        ),
    ),
    yields_to=(
        "driver-library-mismatch",
        "driver-too-old",
        "wsl-issue",
        "driver-library-not-loaded",
        "driver-module-not-loaded",
        "gpu-hardware-fault",
    ),
    seen="The driver's library was found, but initialising it failed[: {code}].",
    why="Most often the kernel module nvidia_uvm is not usable: its device nodes were not made, "
    "the container has no /dev/nvidia-uvm, or the state was lost when the machine woke from "
    "suspend. SYSTEM_NOT_READY means that the fabric manager of an NVSwitch machine does not "
    "run.",
    fix="Run `sudo nvidia-modprobe -u -c=0`, then look for /dev/nvidia-uvm. After suspend: `sudo "
    "rmmod nvidia_uvm && sudo modprobe nvidia_uvm`, or reboot. In LXC or Kubernetes pass "
    "/dev/nvidia-uvm on. For SYSTEM_NOT_READY start nvidia-fabricmanager of the driver's own "
    "version.",
    candidates=(
        ON_WSL,
        OTHER_VERSIONS,
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT,
            check="`dmesg | grep -i xid` shows errors of the GPU, and a reboot does not help",
        ),
    ),
    read=_read,
    source="tensorflow/compiler/xla/stream_executor/cuda/cuda_driver.cc",
    hits=(
        "2022-05-02 07:00:00.1: E tensorflow/stream_executor/cuda/cuda_driver.cc:271] failed call "
        "to cuInit: CUDA_ERROR_UNKNOWN: unknown error\n",
        "E0000 00:00:1740000009.000001 5 cuda_platform.cc:51] failed call to cuInit: INTERNAL: "
        "CUDA error: Failed call to cuInit: CUDA_ERROR_SYSTEM_NOT_READY: system not yet "
        "initialized\n",
    ),
    misses=(
        "E tensorflow/stream_executor/cuda/cuda_driver.cc:318] failed call to cuInit: UNKNOWN "
        "ERROR (303)\n"
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:59] Could not load dynamic "
        "library 'libcuda.so.1'; dlerror: libcuda.so.1: cannot open shared object file\n",
    ),
)
