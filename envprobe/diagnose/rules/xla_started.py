"""XLA tells that it has started and what it compiles."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG805",
    name="xla-started",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"XLA service 0x[0-9a-f]+ initialized for platform"),
        Pattern(r"StreamExecutor device \([0-9]+\): "),
        Pattern(r"Compiled cluster using XLA!"),
        Pattern(r"Not creating XLA devices, tf_xla_enable_xla_devices not set"),
        Pattern(r"creating StreamExecutor device"),
        Pattern(r"StreamExecutor with strength 1 edge matrix"),
        Pattern(r"Very slow compile"),
        Pattern(r"\[Compiling module \S+\]"),
        Pattern(r"Constant folding an instruction is taking > "),
        Pattern(r"The operation took [0-9.]+(?:ms|s|m)\w*$"),
        Pattern(r"Registers are spilled to local memory in function"),
        Pattern(r"Using the (?:fallback|default) .*autotun"),
        Pattern(r"Fallback to op-by-op mode because memset"),
        Pattern(r"Assigning sequence ID"),
        Pattern(r"TF_XLA_FLAGS=--tf_xla"),
        Pattern(r"Linking in parallel"),
    ),
    seen="XLA has started, or takes long over a compilation.",
    why="XLA announces itself once for each platform, and warns when a compilation or a constant "
    "takes seconds. The run goes on.",
    fix="Nothing to do.",
    source="xla/service/service.cc",
    hits=(
        "I0000 00:00:1733333333.444444   12 service.cc:146] XLA service 0x7f3c00 initialized for "
        "platform CUDA (this does not guarantee that XLA will be used). Devices:\n",
    ),
    misses=("Detected unsupported operations when trying to compile graph\n",),
)
