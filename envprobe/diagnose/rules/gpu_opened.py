"""TensorFlow tells which GPU and libraries it opened."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG819",
    name="gpu-opened",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Created (?:TensorFlow )?device .*device:GPU:[0-9]+"),
        Pattern(r"Creating TensorFlow device \(/?"),
        Pattern(r"Successfully opened (?:dynamic|CUDA) library "),
        Pattern(r"Adding visible gpu devices: [0-9]"),
        Pattern(r"Found device [0-9]+ with properties"),
        Pattern(r"Loaded (?:runtime )?[cC]u?DNN version [0-9]"),
        Pattern(r"Device interconnect StreamExecutor with strength"),
        Pattern(r"TensorFloat-32 will be used for the matrix multiplication"),
        Pattern(r"Plugin optimizer for device_type GPU is enabled"),
        Pattern(r"Ignore above cudart dlerror if you do not have a GPU"),
    ),
    seen="TensorFlow opened a GPU or a library of it.",
    why="These lines tell that the GPU is in use.",
    fix="Nothing to do.",
    source="tensorflow/core/common_runtime/gpu/gpu_device.cc",
    hits=(
        "I0000 00:00:1720000000.000001   55 gpu_device.cc:2022] Created device "
        "/job:localhost/replica:0/task:0/device:GPU:0 with 5520 MB memory:  -> device: 0, name: "
        "Test GPU, pci bus id: 0000:01:00.0, compute capability: 8.6\n",
    ),
    misses=("Could not load dynamic library 'libcudart.so.11.0'\n",),
)
