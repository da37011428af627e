"""One process set up the same TensorFlow GPU with two different choices of visible devices."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG151",
    name="gpu-mapped-twice",
    cause=Cause.DEVICE_ORDINAL,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"device \((?P<device>[^)]+)\) is being mapped to multiple (?:[A-Za-z]+ )?devices "
            r"\((?P<now>[0-9]+) now, and (?P<previous>[0-9]+) previously\)"
        ),
    ),
    seen="{device} was device {previous} and is now asked for as device {now}.",
    why="TensorFlow fixes at its first use which physical GPU is GPU:0. Later something in the "
    "same process asked with another visible_device_list or set of visible devices: a second "
    "Session, listing the devices (device_lib.list_local_devices), a mixed-precision policy, "
    "the profiler.",
    fix="Choose the GPU before anything else touches TensorFlow, best with "
    "CUDA_VISIBLE_DEVICES={now} in the environment and no visible_device_list at all. Else "
    "call tf.config.set_visible_devices first of all, give every Session the same "
    "gpu_options, and do not list the devices in between.",
    source="tensorflow/core/common_runtime/device/device_id_manager.cc",
    hits=(
        "RuntimeError: TensorFlow device (GPU:0) is being mapped to multiple devices (2 now, and 0 "
        "previously), which is not supported. This may be the result of providing different GPU "
        "configurations\n",
        "tensorflow.python.framework.errors_impl.AlreadyExistsError: TensorFlow device (GPU:0) is "
        "being mapped to multiple CUDA devices (3 now, and 0 previously), which is not "
        "supported.\n",
    ),
    misses=("ValueError: Column 'device' is being mapped to multiple columns\n",),
)
