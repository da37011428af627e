"""The driver lost the GPU, or a test found it defective."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG187",
    name="gpu-lost",
    cause=Cause.GPU_HARDWARE_FAULT,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"GPU(?: at \S+)? has fallen off the bus"),
        Pattern(r"GPU is lost\."),
        Pattern(
            r"Unable to determine the device handle for [Gg][Pp][Uu] "
            r"?(?P<bus>[0-9A-Fa-f:.]+[0-9A-Fa-f])"
        ),
        Pattern(r"RmInitAdapter failed! \((?P<code>[^)]+)\)"),
        Pattern(r"NVML_ERROR_GPU_IS_LOST"),
        Pattern(r"GPU [0-9]+: FAULTY"),
        Pattern(r"\bERROR: Test failed on GPU"),
        Pattern(r"PCIe Bus Error: severity=Uncorrect(?:ed|able)[^,]*, type=(?P<type>[^,]+)"),
        Pattern(r"GPU requires reset"),
        Pattern(r"GPU Reset Required\s*: Yes"),
    ),
    seen="the GPU does not answer or is defective[ ({bus})][: {type}][: {code}]",
    why="The card vanished from the bus while it worked, or a test found errors. Heat, an unstable "
    "power supply or riser, a loose card, or a failing card are behind that.",
    fix="Power the machine off and on. Check temperature and power draw under load "
    "(nvidia-smi dmon), the power cables and the seat of the card, take overclocking "
    "away, lower the power limit (nvidia-smi -pl), and try the card in another slot "
    "or machine.",
    yields_to=("gpu-xid", "gpu-ecc-error"),
    candidates=(
        Candidate(
            cause=Cause.GPU_DRIVER_MISSING,
            check="Did the machine sleep, or was the driver updated, since the last start?",
        ),
    ),
    source="https://docs.nvidia.com/deploy/gpu-debug-guidelines/index.html",
    hits=(
        "$ nvidia-smi\nUnable to determine the device handle for GPU0000:17:00.0: Unknown Error",
        "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot "
        "the system to recover this GPU",
        "[12345.678] NVRM: GPU at PCI:0000:02:00: GPU-6c1d\n[12345.679] NVRM: GPU "
        "0000:02:00.0: GPU has fallen off the bus.",
    ),
    misses=("No devices were found",),
)
