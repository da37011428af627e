"""This TensorFlow was built without NCCL, as on Windows."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(_sighting: Sighting, log: Log) -> Reading | None:
    return Reading(fields={"build": "for Windows" if log.platform == "windows" else "in use"})


RULE = Rule(
    code="LOG707",
    name="nccl-not-in-build",
    cause=Cause.NCCL_COLLECTIVE_FAILURE,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"No OpKernel was registered to support Op '(?P<op>(?:_?Nccl)\w+)'"),
        Pattern(r"All kernels registered for op (?P<op>_?Nccl\w+)"),
        Pattern(r"Could not find device for node: .{0,200}= (?P<op>_?Nccl\w+)\["),
        Pattern(r"Op type not registered '(?P<op>_?Nccl\w+)'"),
        Pattern(r"Horovod has not been built with (?P<op>NCCL)"),
        Pattern(
            r"(?:ncclAllReduce|NCCL) is (?:not available|not supported) (?:on|in) this",
            anchors=("NCCL is not ", "ncclAllReduce is not "),
        ),
    ),
    seen="the op {op} has no kernel: the TensorFlow {build} has no NCCL",
    why="NCCL exists for Linux only. MirroredStrategy takes it for its all-reduce wherever several "
    "GPUs are used, unless it is told otherwise.",
    fix="Use another all-reduce: tf.distribute.MirroredStrategy(cross_device_ops="
    "tf.distribute.HierarchicalCopyAllReduce()) or ReductionToOneDevice(); or run under Linux or "
    "WSL2, whose builds have NCCL.",
    source="tensorflow/core/kernels/nccl_ops.cc",
    read=_read,
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: No OpKernel was registered "
        "to support Op 'NcclAllReduce' used by {{node SGD/NcclAllReduce}} with these attrs: "
        '[num_devices=2, T=DT_FLOAT, reduction="sum", shared_name="c0"]\nRegistered devices: [CPU, '
        "GPU]\nRegistered kernels:\n  <no registered kernels>",
        "NotFoundError: Op type not registered 'NcclAllReduce' in binary running on PC-7. Make "
        "sure the Op and Kernel are registered in the binary running in this process.",
    ),
    misses=("No OpKernel was registered to support Op 'Conv2D' used by {{node conv/Conv2D}}",),
)
