"""A tensor did not fit into what was left of the GPU's memory."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Kind, Reading, Rule
from envprobe.diagnose.rules._dtypes import dtype_name
from envprobe.diagnose.rules._gpu_start import own_share
from envprobe.diagnose.rules._memory import (
    IN_PIECES,
    LESS_AT_ONCE,
    OTHER_PROCESS,
    on_host,
)
from envprobe.diagnose.rules._pool import pool_of
from envprobe.diagnose.rules._sizes import ABSURD_BYTES, amount, tensor_bytes
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# TensorFlow 1.x told the device behind the node only.
OLD_DEVICE = r"_device ?= ?['\"][^'\"]*?/(?:device:)?(?P<device>(?i:gpu|cpu):[0-9]+)"
SHAPE = r"\[(?P<shape>[0-9, ]*)\]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    fields = sighting.fields
    old = None if "device" in fields else compiled(OLD_DEVICE).search(sighting.after[:3000])
    if on_host(sighting) or (old and old["device"].lower().startswith("cpu")):
        return None
    asked = tensor_bytes(fields.get("shape"), fields.get("dtype"))
    told = pool_of(log, sighting).fields() | own_share(log, sighting)
    if old:
        told["device"] = old["device"].upper()
    if asked:
        told |= {"asked": amount(asked), "asked_bytes": asked}
        if asked > ABSURD_BYTES:
            told["absurd"] = amount(asked)
    if "dtype" in fields:
        told["dtype"] = dtype_name(fields["dtype"])
    return Reading(fields=told)


RULE = Rule(
    code="LOG200",
    name="gpu-tensor-did-not-fit",
    cause=Cause.OOM_GPU,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            rf"OOM when allocating (?:temporary )?tensor (?:with|of) shape ?{SHAPE}"
            r"(?: and type (?P<dtype>\w+))?(?: on (?:\S*device:|"
            r"\S*/)(?P<device>[A-Za-z_]+:[0-9]+))?"
            r"(?: by allocator (?P<allocator>\S+))?"
        ),
        # Before 0.9 the shape was left out.
        Pattern(r"OOM when allocating tensor with shape *$"),
    ),
    seen="The memory of the GPU[ ({device})] had no room for a tensor[ with the shape ({shape})]"
    "[ and the type {dtype}][, which takes {asked}][. The operation is {op}][, the node {node}]"
    "[, the layer {layer}].",
    why="The step needs more GPU memory than there is: weights, gradients, optimizer state and "
    "the activations of the whole batch are there at the same time.[ {in_use} were in use of the "
    "{limit} that this process may take.][ TensorFlow had got {held} of them from the driver.]"
    "[ When it opened the GPU, it could have {share}.]"
    "[ The limit of {own_limit} looks like one that the program set itself.]"
    "[ {absurd} cannot be meant: look for a wrong shape.]",
    fix=LESS_AT_ONCE + "[ Raise the limit of {own_limit} if the card has more.] If the shape is "
    "larger than you expect, look for a layer that sees a flattened or not yet reduced input. "
    "Check with nvidia-smi that nothing else holds memory.",
    yields_to=("oom-gpu-other-process", "oom-gpu-fragmentation"),
    candidates=(OTHER_PROCESS, IN_PIECES),
    source="tensorflow/core/framework/op_kernel.cc",
    read=_read,
    hits=(
        "2022-05-06 07:08:09.1: W tensorflow/core/framework/op_kernel.cc:1768] OP_REQUIRES failed "
        "at conv_grad_input_ops.cc:414 : RESOURCE_EXHAUSTED: OOM when allocating tensor with "
        "shape[96,48,300,300] and type half on /job:localhost/replica:0/task:0/device:GPU:1 by "
        "allocator GPU_1_bfc\nTraceback (most recent call last):\n",
        "ResourceExhaustedError: {{function_node __wrapped__Mul_device_/job:localhost/replica:0/"
        "task:0/device:GPU:0}} OOM when allocating tensor with shape[40000,40000] and type double "
        "on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc [Op:Mul] name: ",
        "ResourceExhaustedError (see above for traceback): OOM when allocating tensor with "
        "shape[256,77,77,128]\n\t [[Node: up_2/conv = Conv2D[T=DT_FLOAT, "
        '_device="/job:localhost/replica:0/task:0/gpu:0"](up_1, up_2/kernel)]]',
        "W tensorflow/core/common_runtime/executor.cc:1076] 0x1ab Compute status: Resource "
        "exhausted: OOM when allocating tensor with shape\n\t [[Node: sub_9 = Sub[T=DT_FLOAT, "
        '_device="/job:localhost/replica:0/task:0/gpu:1"](sub_9/x, v/read)]]\n',
    ),
    misses=(
        "Resource exhausted: OOM when allocating tensor with shape[90000,90000] and type float on "
        "/job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu",
        "If you see OOM when allocating tensors, use a smaller batch.",
        '    raise ResourceExhaustedError("OOM when allocating tensor with shape" + str(shape))',
    ),
)
