"""XLA says that it is there, or what it does otherwise than the plain kernels."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG356",
    name="xla-start-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"XLA service 0x[0-9a-f]+ (?:initialized for|executing computations on) platform"),
        Pattern(r"Compiled cluster using XLA!"),
        Pattern(r"Not creating XLA devices, tf_xla_enable_xla_devices not set"),
        Pattern(r"with XLA compilation will ignore seeds"),
        Pattern(r"using TF_XLA_FLAGS=--tf_xla_enable_xla_devices to use XLA"),
        Pattern(r"XLA_FLAGS=--xla_hlo_profile"),
    ),
    seen="XLA reports that it is ready.",
    why="These lines are written by every run in which XLA can be used; they say nothing is wrong.",
    fix=None,
    source="xla/service/service.cc",
    hits=(
        "2023-01-01 10:00:00.1: I tensorflow/compiler/xla/service/service.cc:173] XLA service "
        "0x55d0c0ffee0 initialized for platform CUDA (this does not guarantee that XLA will be "
        "used)."
        " Devices:\n",
    ),
    misses=("Function invoked by the following node is not compilable: {{node f}}\n",),
)
