"""Ops that share a variable must run where it is, and one of them has no kernel there."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

DEVICES = "CPU|GPU|TPU|XLA_CPU|XLA_GPU"
MANY = 4
MEMBER = rf"(?m)^ ?(\w+): ((?:(?:{DEVICES})_? ?)+)$"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The ops that lack the device; where all have it, the placement itself is wrong."""
    members = compiled(MEMBER).findall(sighting.after)
    asked = "GPU" if "GPU" in sighting.fields.get("asked", "") else None
    device = asked or sighting.fields.get("device") or "GPU"
    lacking = [op for op, devices in members if device not in devices.replace("_ ", " ").split()]
    if len(lacking) == len(members) and len(members) >= MANY:
        # Ops such as Const and Add run on every device that there is.
        return Reading(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            fields={"device": device, "op": "None of the group's ops"},
            seen="{op} has a kernel on the {device}: this process has none.",
        )
    if _of_another_job(sighting.text):
        return Reading(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            fields={"device": device, "op": "The variable"},
            seen="{op} is to be on the {device} of a job that this process does not belong to.",
        )
    if members and not lacking:
        return Reading(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            fields={"device": device, "op": "Another op of the group"},
        )
    if not lacking:
        return Reading(confidence=Confidence.POSSIBLE, fields={"device": device, "op": "An op"})
    return Reading(
        fields={"op": ", ".join(lacking), "device": device, "runs": "the CPU"},
        confidence=Confidence.CERTAIN,
    )


def _of_another_job(text: str) -> bool:
    """Whether the device that is asked for is of a job that is not among the devices."""
    asked = compiled(r"incompatible device\s*'/job:(\w+)/").search(text)
    there = compiled(r"All available devices \[([^\]]*)").search(text)
    return bool(asked and there) and f"/job:{asked.group(1)}/" not in there.group(1) + "/"


RULE = Rule(
    code="LOG303",
    name="colocated-op-without-kernel",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"(?:device for operation|device to node) '?(?P<node>[^\s':]+)'?: Could not satisfy "
            r"explicit device specification '(?P<asked>[^']*)' because the node .*colocated with a "
            r"group of nodes that required incompatible device '[^']*device:(?P<device>\w+):"
        ),
        Pattern(
            r"Could not satisfy explicit device specification '(?P<asked>[^']*)' because the node "
            r"was colocated with a group of nodes that required incompatible device "
            r"'[^']*/(?:device:)?(?P<device>(?i:[cg]pu)):"
        ),
        # Where the message is broken into lines, or its beginning is cut off.
        Pattern(
            r"colocated with a group of nodes that required incompatible device *"
            r"(?:'[^']*device:(?P<device>\w+):)?"
        ),
    ),
    read=read,
    seen="{op} has no kernel on the {device}, where the ops beside it[ (as {node})] must run.",
    why=(
        "A variable and all ops that change it must be on one device. The variable was put on the "
        "{device}, and one of these ops (often an optimizer's update of an embedding) has a kernel "
        "for other devices only[: {runs}]."
    ),
    fix=(
        "Use an optimizer whose update has a kernel there (Adam, or SGD without momentum), or put "
        "the embedding on the CPU: `with tf.device('/CPU:0'):`. Without tf.device around the "
        "model, "
        "tf.config.set_soft_device_placement(True) lets TensorFlow choose; newer releases have "
        "more "
        "of these kernels."
    ),
    candidates=(
        Candidate(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            check="If the code says tf.device(...) around the model: take it away and run again.",
        ),
    ),
    source="tensorflow/core/common_runtime/colocation_graph.cc",
    hits=(
        "InvalidArgumentError: Cannot assign a device for operation emb/Initializer/add: Could not "
        "satisfy explicit device specification '' because the node {{colocation_node "
        "emb/Initializer/add}} was colocated with a group of nodes that required incompatible "
        "device"
        " '/job:localhost/replica:0/task:0/device:GPU:1'. All available devices [/job:localhost/"
        "replica:0/task:0/device:CPU:0, /job:localhost/replica:0/task:0/device:GPU:1]. \n"
        "Colocation Debug Info:\nColocation group had the following types and supported devices: \n"
        "Root Member(assigned_device_name_index_=1)\nResourceSparseApplyFtrlV2: CPU \n"
        "VarHandleOp: GPU CPU XLA_CPU XLA_GPU \nReadVariableOp: GPU CPU XLA_CPU XLA_GPU \n",
    ),
    misses=(
        "InvalidArgumentError: Cannot assign a device for operation a/b: Operation was explicitly "
        "assigned to /device:GPU:3 but available devices are [ "
        "/job:localhost/replica:0/task:0/device:GPU:0 ]. Make sure the device specification refers "
        "to a valid device.\n",
        "2024-03-01 10:00:00.1: W tensorflow/core/common_runtime/colocation_graph.cc:1203] Failed "
        "to"
        " place the graph without changing the devices of some resources. Some of the operations "
        "(that had to be colocated with resource generating operations) are not supported on the "
        "resources' devices.\n",
    ),
)
