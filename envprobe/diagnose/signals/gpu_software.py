"""Which GPU, which CUDA and which cuDNN the run met."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.signal import Signal

SIGNALS = (
    Signal(
        name="gpu-found",
        patterns=(
            Pattern(
                r"name: (?P<gpu>[^,:]+?) major: (?P<major>[0-9]+) minor: (?P<minor>[0-9]+)",
                anchors=(" major: ",),
            ),
            Pattern(
                r"(?:name: (?P<gpu>[^,:]+?) )?computeCapability: (?P<capability>[0-9]+\.[0-9]+)"
            ),
            Pattern(
                r"(?:name: (?P<gpu>[^,]+), )?.*compute capability: (?P<capability>[0-9]+\.[0-9]+)"
            ),
            Pattern(r"(?P<gpu>[^,:]+), Compute Capability (?P<capability>[0-9]+\.[0-9]+)"),
        ),
    ),
    Signal(
        name="cuda-runtime-opened",
        patterns=(
            Pattern(
                r"opened (?:dynamic|CUDA) library libcudart\.so\.(?P<version>[0-9]+(?:\.[0-9]+)?)",
                anchors=("libcudart.so.",),
            ),
            Pattern(
                r"opened (?:dynamic|CUDA) library cudart64_(?P<digits>[0-9]+)\.dll",
                anchors=("cudart64_",),
            ),
        ),
    ),
    Signal(
        name="cudnn-loaded",
        patterns=(Pattern(r"Loaded cuDNN version (?P<version>[0-9]+)"),),
    ),
    Signal(
        name="memory-growth-on",
        patterns=(Pattern(r"Overriding (?:orig_value|allow_growth setting)"),),
    ),
    Signal(
        name="training-set-up",
        patterns=(
            Pattern(r"Train(?:ing)? (?:for|on) [0-9]+ (?:steps|samples)", anchors=("Train",)),
        ),
    ),
    Signal(
        name="xla-compiled",
        patterns=(
            Pattern(r"Compiled cluster using XLA"),
            Pattern(r"XLA service 0x"),
        ),
    ),
)
