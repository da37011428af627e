"""TensorFlow or JAX looks for a TPU and finds none."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG814",
    name="no-tpu-here",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"libtpu\.so(?: not found|: cannot open shared object file)"),
        Pattern(r"Failed to open libtpu\.so"),
        Pattern(
            r"Unable to initialize backend '(?:tpu|tpu_driver|rocm|interpreter|cuda|axon|METAL)'"
        ),
        Pattern(r"No TPU.*found, falling back"),
        Pattern(r"Did not find libtpu"),
        Pattern(r"Failed to load libtpu"),
        Pattern(r"Remote TPU is not linked into jax"),
        Pattern(r"An NVIDIA GPU may be present on this machine, but a CUDA-enabled jaxlib is not"),
    ),
    seen="There is no TPU (or other backend) in this machine.",
    why="Builds with several backends ask for each of them when they start, and say which are "
    "not there.",
    fix="Nothing to do.",
    source="tensorflow/core/tpu/tpu_initializer_helper.cc",
    hits=(
        "2022-08-09 10:11:12.131415: I tensorflow/core/tpu/tpu_initializer_helper.cc:275] Libtpu "
        "path is: libtpu.so\n2022-08-09 10:11:12.2: I "
        "tensorflow/core/tpu/tpu_api_dlsym_initializer.cc:116] Libtpu.so not found: libtpu.so: "
        "cannot open shared object file: No such file or directory\n",
    ),
    misses=("RuntimeError: TPU initialization failed: Failed to connect to 10.0.0.2:8470\n",),
)
