"""The profiler starts, ends, or may not read the GPU's counters."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG822",
    name="profiler-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Profiler session (?:initializing|started|tear down)"),
        Pattern(r"Profiler found [0-9]+ GPUs"),
        Pattern(
            r"CUPTI_ERROR_(?:INSUFFICIENT_PRIVILEGES|NOT_INITIALIZED|INVALID_PARAMETER|MULTIPLE_S"
            r"UBSCRIBERS_NOT_SUPPORTED)"
        ),
        Pattern(r"CUPTI (?:activity buffer flushed|could not be loaded|initialization is not)"),
        Pattern(r"GpuTracer has collected [0-9]+ callback"),
        Pattern(r"Creating directory: .*plugins/profile"),
        Pattern(r"Dumped (?:gzipped )?tool data for"),
        Pattern(r"function cupti_interface_->"),
        Pattern(r"[Cc]ollecting [0-9.]+ (?:kernel )?records"),
    ),
    seen="The profiler ran, or may not read the GPU's counters.",
    why="TensorBoard's callback profiles one batch. Without the right to read counters the "
    "profile lacks the GPU; training is not touched.",
    fix="Nothing to do; TensorBoard(profile_batch=0) leaves the profiler out.",
    source="tensorflow/core/profiler/backends/gpu/cupti_tracer.cc",
    hits=(
        "E tensorflow/core/profiler/internal/gpu/cupti_tracer.cc:1487] function "
        "cupti_interface_->Subscribe( &subscriber_, (CUpti_CallbackFunc)ApiCallback, this)failed "
        "with error CUPTI_ERROR_INSUFFICIENT_PRIVILEGES\n",
    ),
    misses=("CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure\n",),
)
