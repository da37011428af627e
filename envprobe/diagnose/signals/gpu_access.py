"""What a log tells by the way about why a GPU can or cannot be reached."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="cuda-visible-devices",
        patterns=(
            Pattern(r"env: CUDA_VISIBLE_DEVICES=\"(?P<value>[^\"]*)\""),
            Pattern(
                r"CUDA_VISIBLE_DEVICES(?:['\"]\])? ?[=:] "
                r"?['\"]?(?P<value>-?[0-9]+(?:,[0-9]+)*)['\"]?(?:[\s;,.)]|$)"
            ),
            Pattern(r"CUDA_VISIBLE_DEVICES['\"]\] ?= ?(?:''|\"\")(?P<value>)"),
        ),
    ),
    Signal(
        name="windows-build",
        patterns=(
            Pattern(r"tensorflow[-_]intel"),
            Pattern(r"\[MSC v\.[0-9]+ 64 bit"),
            Pattern(r"\bwin[-_]amd64"),
            Pattern(r"\bWDDM\b", anchors=(" WDDM", "/WDDM")),
            Pattern(r"^PS [A-Z]:\\", anchors=("PS A:", "PS C:", "PS D:", "PS E:", "PS F:")),
            Pattern(r"Windows 1[01]\b"),
        ),
    ),
    Signal(
        name="gpu-properties",
        patterns=(
            Pattern(r"Found device [0-9]+ with properties"),
            Pattern(r"StreamExecutor device \([0-9]+\): .*Compute Capability"),
        ),
    ),
    Signal(
        name="cuda-driver-seen",
        patterns=(
            Pattern(r"Successfully opened dynamic library (?:libcuda\.so|nvcuda\.dll)"),
            Pattern(r"NVIDIA-SMI [0-9.]+ +(?:KMD |Driver )Version: (?P<driver>[0-9.]+)"),
            Pattern(r"Found device [0-9]+ with properties"),
        ),
    ),
)
