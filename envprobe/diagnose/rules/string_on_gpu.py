"""A string or another thing that only host memory can hold is to be copied to a GPU."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# A function as a whole is put on the GPU only where XLA compiles it as a whole.
COMPILED = r"in order to run __inference_"


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """Another cause where the whole function was to be compiled."""
    if not compiled(COMPILED).search(sighting.line.text):
        return Reading()
    return Reading(cause=Cause.XLA_UNSUPPORTED_OP, fix=NOT_COMPILED, candidates=PLACED)


NOT_COMPILED = (
    "Take jit_compile=True away from the function (or model.compile(jit_compile=False)), or do "
    "what needs strings (StringLookup, TextVectorization) in the data pipeline before it."
)
PLACED = (
    Candidate(
        cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
        check="Without jit_compile=True: does the code say tf.device('/GPU:0') around the call?",
    ),
)

RULE = Rule(
    code="LOG323",
    name="string-on-gpu",
    cause=Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Can't copy Tensor with type (?P<dtype>\w+) to device \S*device:(?P<device>\w+:[0-9]+)"
        ),
        Pattern(r"non-DMA-copy attempted of tensor type: (?P<dtype>\w+)"),
        Pattern(
            r"No unary variant device copy function found for direction: (?P<direction>\d+) and "
            r"Variant type_(?:index|name): (?P<dtype>\S+)"
        ),
        Pattern(
            r"(?P<dtype>DT_STRING|DT_VARIANT|DT_RESOURCE) tensors? .{0,40}on GPU",
            anchors=("DT_STRING", "DT_VARIANT", "DT_RESOURCE"),
        ),
    ),
    yields_to=("invalid-device-placement",),
    seen="A tensor of type {dtype} cannot be on a GPU[ ({device})].",
    why="GPUs hold numbers; strings, variants and datasets live in the host's memory.",
    fix=(
        "Take tf.device('/GPU:0') away from the input pipeline and from ops with strings, or put "
        "them under tf.device('/CPU:0'); tf.config.set_soft_device_placement(True) does it by "
        "itself."
    ),
    candidates=(
        Candidate(
            cause=Cause.INVALID_DEVICE_PLACEMENT,
            check="If the code says tf.device('/GPU:0') around it: take that away and run again.",
        ),
        Candidate(cause=Cause.DATA_PIPELINE, check="Look where the dataset is made and iterated."),
    ),
    source="tensorflow/core/common_runtime/copy_tensor.cc",
    read=read,
    hits=(
        "InternalError: During Variant Host->Device Copy: non-DMA-copy attempted of tensor type: "
        "string\n",
        "RuntimeError: Error copying tensor to device: "
        "/job:localhost/replica:0/task:0/device:GPU:0."
        " Can't copy Tensor with type string to device "
        "/job:localhost/replica:0/task:0/device:GPU:0."
        "\n",
        "InvalidArgumentError: Failed copying input tensor from /job:localhost/replica:0/task:0/"
        "device:CPU:0 to /job:localhost/replica:0/task:0/device:GPU:0 in order to run "
        "__inference_step_7: Can't copy Tensor with type string to device "
        "/job:localhost/replica:0/task:0/device:GPU:0. [Op:__inference_step_7]\n",
    ),
    misses=(
        "InternalError: Failed copying input tensor from CPU:0 to GPU:0 in order to run "
        "__inference_step_7: Dst tensor is not initialized.\n",
        "InternalError: Failed copying input tensor from CPU:0 to GPU:0 in order to run Add\n",
    ),
)
