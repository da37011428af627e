"""Data could not be copied to the GPU, because its place there could not be allocated."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._memory import GROWTH, LESS_AT_ONCE, OTHER_PROCESS
from envprobe.diagnose.rules._pool import pool_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def _read(sighting: Sighting, log: Log) -> Reading | None:
    return Reading(fields=pool_of(log, sighting).fields())


RULE = Rule(
    code="LOG203",
    name="gpu-copy-did-not-fit",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Failed copying input tensor from \S+ to \S*device:(?P<device>\w+:[0-9]+) in order to "
            r"run (?P<op>\w+): Dst tensor is not initialized"
        ),
        Pattern(r"(?:SameWorkerRecvDone unable to allocate|unable to allocate output) tensor"),
        Pattern(r"Dst tensor is not initialized"),
    ),
    seen="A tensor could not be copied to the GPU[ ({device})][ for the operation {op}][, the node "
    "{node}]: there was no room for it[; {in_use} of {limit} were in use].",
    why="'Dst tensor is not initialized' means that the destination could not be allocated: the "
    "GPU's memory is full. Data given to fit() or tf.constant as one array is copied to the GPU as "
    "a whole.",
    fix="Give large arrays as a tf.data.Dataset that yields batches, or build it under "
    "tf.device('CPU:0'), instead of as one tensor. " + LESS_AT_ONCE + " " + GROWTH,
    yields_to=(
        "gpu-tensor-did-not-fit",
        "gpu-allocator-ran-out",
        "oom-gpu-other-process",
        "oom-gpu-fragmentation",
    ),
    candidates=(OTHER_PROCESS,),
    source="tensorflow/core/common_runtime/gpu/gpu_util.cc",
    read=_read,
    hits=(
        "    return ops.EagerTensor(value, ctx.device_name, dtype)\n"
        "tensorflow.python.framework.errors_impl.InternalError: Failed copying input tensor from "
        "/job:localhost/replica:0/task:0/device:CPU:0 to /job:localhost/replica:0/task:0/device:"
        "GPU:0 in order to run _EagerConst: Dst tensor is not initialized.",
        "InternalError (see above for traceback): Dst tensor is not initialized.\n\t [[Node: "
        'layer3/weights/initial_value = Const[dtype=DT_FLOAT, _device="/job:localhost/replica:0/'
        'task:0/gpu:0"]()]]',
    ),
    misses=(
        "FailedPreconditionError: Error while reading resource variable layer/kernel from "
        "Container: localhost. This could mean that the variable was uninitialized.",
    ),
)
