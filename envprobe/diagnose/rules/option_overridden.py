"""An environment variable overrides an option, and TensorFlow says so."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG816",
    name="option-overridden",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Overriding (?:orig_value|allow_growth) setting because the TF_FORCE_GPU_ALLOW_GROWTH"
        ),
        Pattern(r"Using CUDA malloc Async allocator for GPU"),
        Pattern(r"Overriding --?\w+ with"),
        Pattern(r"Setting --?\w+=\S+ from the environment"),
    ),
    seen="An option was taken from the environment.",
    why="The line tells that a variable such as TF_FORCE_GPU_ALLOW_GROWTH holds.",
    fix="Nothing to do.",
    source="tensorflow/core/common_runtime/gpu/gpu_process_state.cc",
    hits=(
        "2023-02-03 04:05:06.070809: W "
        "tensorflow/core/common_runtime/gpu/gpu_bfc_allocator.cc:42] Overriding orig_value "
        "setting because the TF_FORCE_GPU_ALLOW_GROWTH environment variable is set. Original "
        "config value was 0.\n",
    ),
    misses=("ResourceExhaustedError: OOM when allocating tensor\n",),
)
