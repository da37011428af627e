"""CUPTI, which only the profiler needs, cannot be used."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG147",
    name="profiler-library-missing",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"Could not load dynamic library '(?P<library>(?:lib)?cupti[^']*)'"),
        Pattern(r"Couldn't open CUDA library (?P<library>libcupti\S*)"),
        Pattern(r"CUPTI could not be loaded or symbol could not be found"),
        Pattern(r"(?P<code>CUPTI_ERROR_[A-Z_]+)"),
        Pattern(r"function cupti_interface_->\S+ failed with error"),
    ),
    seen="The profiler cannot use CUPTI[: {library}][: {code}].",
    why="TensorFlow's profiler and TensorBoard's trace need CUPTI; training does not.",
    fix="To profile: add .../extras/CUPTI/lib64 to LD_LIBRARY_PATH, and allow it for users (the "
    "module option NVreg_RestrictProfilingToAdminUsers=0). Else ignore it.",
    source="tensorflow/core/profiler/backends/gpu/cupti_tracer.cc",
    hits=(
        "W tensorflow/stream_executor/platform/default/dso_loader.cc:60] Could not load dynamic "
        "library 'libcupti.so.11.0'; dlerror: libcupti.so.11.0: cannot open shared object file\n",
        "E tensorflow/core/profiler/internal/gpu/cupti_tracer.cc:1441] function "
        "cupti_interface_->Subscribe( &subscriber_, (CUpti_CallbackFunc)ApiCallback, this)failed "
        "with error CUPTI_ERROR_INSUFFICIENT_PRIVILEGES\n",
    ),
    misses=(
        "I tensorflow/core/profiler/internal/gpu/cupti_tracer.cc:1452] CUPTI activity buffer "
        "flushed\n",
    ),
)
