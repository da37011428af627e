"""cuDNN's autotuning tried an algorithm that does not work here, and took another."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause, Severity


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    # With this, the list of engines explains a failure: then it is evidence, not noise.
    return None if log.has("cudnn-convolution-failed") else Reading()


RULE = Rule(
    code="LOG198",
    name="cudnn-autotuning-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"Failed to check cudnn convolutions for out-of-bounds reads"),
        Pattern(r"Results mismatch between different convolution algorithms"),
        Pattern(r"Trying algorithm \S+ for .{0,400}is taking a while"),
        Pattern(r"omitted potentially buggy algorithm"),
        Pattern(r"Disabling cuDNN frontend for the following convolution"),
        Pattern(r"The following configuration was not supported by cuDNN"),
        Pattern(r"convolution performance may be suboptimal"),
        Pattern(r"Launch succeeded but profile result is invalid, with cuDNN engine"),
    ),
    seen="cuDNN's autotuning reports about an algorithm that it does not use",
    why="TensorFlow measures several convolution algorithms and takes the fastest that works. Such "
    "lines are about the others; the run goes on.",
    fix=None,
    source="tensorflow/compiler/xla/service/gpu/conv_algorithm_picker.cc",
    read=_read,
    hits=(
        "2024-02-03 10:00:00.1: W tensorflow/core/kernels/gpu_utils.cc:68] Failed to check cudnn "
        "convolutions for out-of-bounds reads and writes with an error message: 'Failed to load "
        "in-memory CUBIN'; skipping this check. This only means that we won't check cudnn for "
        "out-of-bounds reads and writes. This message will only be printed once.\n"
        "Epoch 1/3\n10/10 [==============================] - 2s 20ms/step - loss: 0.5",
        "E0000 00:00:1735555555.000000  77 slow_operation_alarm.cc:133] Trying algorithm "
        "eng28{k2=2} for conv (f32[32,3,3,3]{3,2,1,0}, u8[0]{0}) custom-call is taking a "
        "while...",
    ),
    misses=("UnknownError: Failed to get convolution algorithm. This is probably because",),
)
