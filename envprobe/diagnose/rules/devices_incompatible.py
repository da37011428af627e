"""Parts of the model that must share a device are fixed to different ones."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG157",
    name="devices-incompatible",
    cause=Cause.INVALID_DEVICE_PLACEMENT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"reference or resource edge connects colocation groups with incompatible assigned "
            r"devices: (?P<device>\S+) vs (?P<other>[^\s.]+)"
        ),
        Pattern(
            r"Trying to access resource (?P<resource>.{1,300}?) located in device (?P<device>\S+) "
            r"from device (?P<other>\S+)"
        ),
        Pattern(
            r"Could not colocate node with its resource and reference inputs; devices "
            r"(?P<device>\S+) and (?P<other>\S+) are not compatible"
        ),
        Pattern(r"Cannot colocate nodes .*because no device type supports both of those nodes"),
        Pattern(
            r"(?:Error|INVALID_ARGUMENT): Tensors on conflicting devices: cannot compute "
            r"(?P<op>\S+)",
            anchors=("Tensors on conflicting devices",),
        ),
        Pattern(
            r"Cannot (?:merge|colocate) devices with incompatible (?:types|jobs|ids|tasks): "
            r"'(?P<device>[^']*)' and '(?P<other>[^']*)'"
        ),
    ),
    yields_to=("no-kernel-for-device-dtype", "gpu-libs-missing", "gpu-driver-missing"),
    seen="What must share one device is fixed to two[: {device} and {other}].",
    why="A variable, table or iterator lives on one device and an op that works on it was placed "
    "on another by tf.device, by a strategy, or by a graph saved with device names.",
    fix="Create the variable (model, table, iterator) inside the same tf.device or strategy scope "
    "in which it is used; leave tables and dataset iterators on the CPU; load graphs with "
    "clear_devices=True; or let TensorFlow choose with "
    "tf.config.set_soft_device_placement(True).",
    candidates=(
        Candidate(
            cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
            check="the list of colocated ops names one without a kernel for that device",
        ),
    ),
    source="tensorflow/core/common_runtime/colocation_graph.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Trying to access resource "
        "Resource-42-at-0x55d0c0ffee0 (defined @ /data/job/net.py:12) located in device "
        "/job:localhost/replica:0/task:0/device:CPU:0 from device "
        "/job:localhost/replica:0/task:0/device:GPU:0\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: Cannot place the graph "
        "because a reference or resource edge connects colocation groups with incompatible "
        "assigned devices: /job:localhost/replica:0/task:0/device:GPU:0 vs "
        "/job:localhost/replica:0/task:0/device:CPU:0. The edge src node is iterator\n",
    ),
    misses=(
        "W tensorflow/core/common_runtime/colocation_graph.cc:1203] Failed to place the graph "
        "without changing the devices of some resources.\n",
    ),
)
