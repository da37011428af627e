"""Lines that TensorFlow writes on every Mac with a Metal GPU."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG699",
    name="metal-start-notes",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    patterns=(
        Pattern(r"Could not identify NUMA node of platform GPU ID [0-9]+, defaulting to 0"),
        Pattern(r"optimizer `[A-Za-z0-9_.]+` runs slowly on M1/M2 Macs"),
        Pattern(r"Skipping the delay kernel, measurement accuracy will be reduced"),
        Pattern(r"Failed to get CPU frequency: 0 Hz"),
    ),
    seen="TensorFlow's usual notes on a Mac.",
    why="Macs have no NUMA nodes and tell no CPU frequency, and the new Keras optimizers have a "
    "slower path there; the GPU is used all the same.",
    fix="Ignore them; tf.keras.optimizers.legacy is faster on TensorFlow 2.11 to 2.15.",
    source="tensorflow/core/common_runtime/pluggable_device/pluggable_device_factory.cc",
    hits=(
        "2022-08-08 08:08:08.8: I "
        "tensorflow/core/common_runtime/pluggable_device/pluggable_device_factory.cc:305] Could "
        "not identify NUMA node of platform GPU ID 0, defaulting to 0. Your kernel may not have "
        "been built with NUMA support.\n",
    ),
    misses=(
        "could not open file to read NUMA node: /sys/bus/pci/devices/0000:01:00.0/numa_node\n",
    ),
)
