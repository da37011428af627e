"""The driver's own tools run and list no GPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.diagnose.rules._gpu_access import OTHER_VERSIONS
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG125",
    name="no-gpu-on-the-bus",
    cause=Cause.GPU_DRIVER_MISSING,
    kind=Kind.DEGRADED,
    severity=Severity.WARNING,
    patterns=(
        Pattern(r"^No devices were found\.?$"),
        Pattern(
            r"is not supported by the (?:open )?(?:NVIDIA )?(?:kernel modules?|[0-9.]+ "
            r"driver|[0-9.]+ NVIDIA driver)"
        ),
        Pattern(r"NVRM: installed in this system is not supported by the"),
        Pattern(r"NVRM: The NVIDIA GPU .* is not supported", anchors=("NVRM: The NVIDIA GPU",)),
    ),
    yields_to=("gpu-hardware-fault", "driver-library-mismatch", "driver-module-not-loaded"),
    seen="The NVIDIA driver is loaded and serves no GPU.",
    why="The installed driver branch does not know this GPU (too new for it, or dropped as too "
    "old; the open kernel modules begin with Turing), the GPU failed to start, or the virtual "
    "machine has none.",
    fix="Run `lspci | grep -i nvidia` and `dmesg | grep -i nvrm`. Install a driver branch that "
    "supports the GPU (older cards: 470 or 390; the proprietary modules for cards before "
    "Turing), check power and seating of the card, and the passthrough of the virtual machine.",
    candidates=(
        Candidate(
            cause=Cause.GPU_HARDWARE_FAULT, check="`dmesg` shows Xid or RmInitAdapter errors"
        ),
        OTHER_VERSIONS,
    ),
    source="https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/",
    hits=(
        "$ nvidia-smi\nNo devices were found\n",
        "NVRM: The NVIDIA Tesla K80 GPU installed in this system is\n"
        "NVRM: installed in this system is not supported by the 535.54.03 NVIDIA driver. Please\n",
    ),
    misses=("TypeError: conversion to ndarray is not supported by the driver of this file\n",),
)
