"""A step could not be compiled for the TPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG355",
    name="tpu-compilation-failed",
    cause=Cause.XLA_UNSUPPORTED_OP,
    kind=Kind.SYMPTOM,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(r"Compilation failure: (?P<reason>\S.{3,300})"),
        Pattern(r"TPU compilation failed"),
        Pattern(r"tf2xla conversion failed while converting (?P<function>[^\s\[]+)"),
    ),
    yields_to=(
        "oom-gpu",
        "oom-host",
        "xla-unsupported-op",
        "shape-mismatch",
        "dtype-mismatch",
        "label-loss-mismatch",
        "ptxas-libdevice-missing",
        "cudnn-version-mismatch",
        "cudnn-init-failed",
        "cuda-arch-unsupported",
        "unsupported-precision",
        "macos-metal",
    ),
    seen="XLA could not compile the step[: {reason}].",
    why="A TPU runs compiled programs only; what it cannot compile ends the run.",
    fix=(
        "Keep to ops that XLA compiles and to batches of one size (drop_remainder=True); "
        "tf.config.set_soft_device_placement(True) runs what is left on the host."
    ),
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check=(
                "Run the step on the CPU: shapes that do not fit fail there too, with their names."
            ),
        ),
        Candidate(cause=Cause.OOM_GPU, check="Look for 'Ran out of memory in memory space hbm'."),
    ),
    source="tensorflow/core/tpu/kernels/tpu_compile_op_common.cc",
    hits=(
        "InvalidArgumentError: {{function_node __inference_step_8}} Compilation failure: Seed must "
        "be a value of the program.\n\tTPU compilation failed\n",
    ),
    misses=(
        "InvalidArgumentError: Input to reshape is a tensor with 6 values, but the requested shape "
        "has 4\n",
    ),
)
