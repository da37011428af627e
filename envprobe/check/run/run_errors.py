"""What an error of a real step means: the cause, why it comes and what to change.

The texts are those of TensorFlow's kernels, runtime and XLA (2.13 to 2.21).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause


class RunError(NamedTuple):
    """One kind of error: the first whose `pattern` is in the text holds.

    The text is the error's type, `: ` and its message. `ops` are empty where any will do; a layer
    whose class `layers` finds will do as well. `elsewhere` says what a GPU or XLA does instead.
    """

    cause: Cause
    pattern: str
    why: str
    fix: str | None = None
    ops: tuple[str, ...] = ()
    layers: str = ""
    elsewhere: str = ""


def run_error(failure: TraceFailure, device: str | None) -> RunError:
    """The kind of error that a step raised while it ran on `device`."""
    text = f"{failure.error_type}: {failure.message}"
    found = next((one for one in ERRORS if _holds(one, failure, text)), _ANYTHING)
    on_gpu = (device or "").startswith("GPU")
    if found.cause is Cause.OOM_HOST and on_gpu:
        return found._replace(cause=Cause.OOM_GPU, why=_GPU_MEMORY)
    if found.cause is Cause.UNIMPLEMENTED_CPU_FORMAT and on_gpu:
        return found._replace(cause=Cause.UNIMPLEMENTED_ON_DEVICE)
    if found.cause is Cause.SHAPE_MISMATCH and failure.part in {"loss", "metric"}:
        return _TARGETS
    return found


def _holds(one: RunError, failure: TraceFailure, text: str) -> bool:
    of_op = not one.ops or failure.op in one.ops
    of_layer = bool(one.layers) and re.search(one.layers, failure.layer_class or "") is not None
    return (of_op or of_layer) and re.search(one.pattern, text) is not None


_GPU_MEMORY = "The step needs more of the GPU's memory than is free."
_LAYOUT_FIX = (
    "Use data_format='channels_last' (NHWC), and turn the data once at the input, for example "
    "with keras.layers.Permute((2, 3, 1))."
)
_ZERO_ON_GPU = "A GPU does not raise: it reads zeros for such an index, and the step goes on."
_TARGETS = RunError(
    Cause.LABEL_LOSS_MISMATCH,
    "",
    "The target and what the model gives have shapes that this loss cannot compare.",
    "Make the target's shape that of the output, or take the sparse loss for class numbers.",
)
_ANYTHING = RunError(
    Cause.GRAPH_EXECUTION_GENERIC,
    "",
    "TensorFlow gave up in the middle of the step.",
)

ERRORS: tuple[RunError, ...] = (
    RunError(
        Cause.XLA_UNSUPPORTED_OP,
        r"Detected unsupported operations when trying to compile|tf2xla|XLA compilation requires"
        r"|[Xx]la shape|not compilable|must be a compile-time constant|StatefulPartitionedCall.*XLA"
        r"|is not supported in XLA|XLA compilation (?:not|failed)",
        "The step is compiled with XLA, and XLA cannot compile this op as it is used here.",
        "Set jit_compile=False, or take this op out of the compiled step.",
    ),
    RunError(
        Cause.INVALID_DEVICE_PLACEMENT,
        r"(?:explicitly assigned|was explicitly|requested device|Could not satisfy explicit)",
        "The code asks for a device that is not there, or that has no kernel for this op.",
        "Take the tf.device(...) around it away, or name a device that this machine has.",
    ),
    RunError(
        Cause.NO_KERNEL_FOR_DEVICE_DTYPE,
        r"No OpKernel was registered|Could not find device for node|Cannot assign a device"
        r"|No registered '\w+' OpKernel|no supported kernel",
        "TensorFlow has no kernel of this op for this device and dtype.",
        "Compute this layer in float32: give it dtype='float32', and cast the result back.",
    ),
    RunError(
        Cause.UNIMPLEMENTED_CPU_FORMAT,
        r"only supports? (?:the )?N?D?HWC|(?:NHWC|NDHWC) (?:tensor )?(?:format|layout)"
        r"|only supported for NHWC|supports NHWC|N?D?HWC on device type|only NHWC",
        "The kernel for this device computes with the channels last only, and the layer has them "
        "first.",
        _LAYOUT_FIX,
    ),
    RunError(
        Cause.CUDNN_INIT_FAILED,
        r"DNN library (?:is not found|initialization failed)|CUDNN_STATUS_NOT_INITIALIZED",
        "cuDNN is missing or does not start, and the GPU's convolutions need it.",
        "Run `envprobe doctor`: it says which library is missing.",
    ),
    RunError(
        Cause.PTXAS_LIBDEVICE_MISSING,
        r"libdevice.* not found|libdevice\.10\.bc|Couldn't invoke ptxas",
        "XLA compiles for the GPU with files of the CUDA toolkit that it does not find.",
        "Run `envprobe doctor`, or set jit_compile=False.",
    ),
    RunError(
        Cause.CUDA_RUNTIME_FAULT,
        r"CUDA_ERROR_(?!OUT_OF_MEMORY)\w+|illegal memory access|unspecified launch failure"
        r"|CUBLAS_STATUS_(?!ALLOC|NOT_SUPPORTED)\w+",
        "The GPU's driver stopped the kernel.",
        "Run the step again alone on the GPU; where it fails again, run `envprobe doctor`.",
    ),
    RunError(
        Cause.OOM_HOST,
        r"^ResourceExhaustedError|^MemoryError|OOM when allocating|[Oo]ut of memory|bad_alloc",
        "The step needs more memory than this machine has free.",
        "Make the batch smaller.",
    ),
    RunError(
        Cause.NAN_INF,
        r"Tensor had (?:NaN|Inf|-Inf|\+Inf)|: Tensor had|CheckNumerics",
        "A check in the model found NaN or infinity.",
        "Keep divisions and logarithms away from zero with a small epsilon.",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"Received a label value of|label.* outside the valid range",
        "A label is no class of the model: the classes are 0 to one less than the units of the "
        "last layer.",
        "Give the last layer a unit for each class, or number the labels from 0.",
        elsewhere="A GPU does not raise: there the loss becomes NaN.",
    ),
    RunError(
        Cause.EMBEDDING_INDEX_OUT_OF_RANGE,
        r"is not in \[0, ",
        "An id is outside the embedding's table.",
        "Make the embedding's input_dim the largest id plus one.",
        ops=("ResourceGather",),
        layers="Embedding$",
        elsewhere=_ZERO_ON_GPU,
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"indices.* (?:is not in \[0|out of bounds|does not index into|out of range)",
        "An index in the data is outside the tensor that it picks from.",
        "Keep the indices in range, for example with tf.clip_by_value, or make the tensor larger.",
        ops=("Gather", "GatherV2", "GatherNd", "ResourceGatherNd"),
        elsewhere=_ZERO_ON_GPU,
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"[Ss]egment ids?",
        "Segment ids have to be sorted, and smaller than the number of segments.",
        "Sort the rows by their ids, or use tf.math.unsorted_segment_sum and its kin.",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"ind(?:ex|ices).* (?:is not in|out of bounds|does not index into|out of range)"
        r"|partitions.* is not in|is out of range",
        "An index in the data is outside the tensor that it goes to.",
        "Keep the indices in range, for example with tf.clip_by_value, or make the tensor larger.",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"assertion failed|Condition x .* did not hold|^AssertionError",
        "A check that is written in the model does not hold for this batch.",
        "Give data for which it holds, or correct the check.",
        elsewhere="A step that XLA compiles leaves such checks out.",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"not (?:be )?(?:invertible|positive definite)|decomposition was not successful"
        r"|might not be valid",
        "The matrix cannot be decomposed or inverted.",
        "Add a small multiple of the identity to it before.",
    ),
    RunError(
        Cause.SHAPE_MISMATCH,
        r"[Ii]ncompatible shapes|required broadcastable shapes|Input to reshape is a tensor with"
        r"|[Ss]ize-incompatible|must (?:have|be) (?:the )?same (?:size|shape)|[Dd]imension.* must"
        r"|Dimensions? .*(?:match|equal)|ConcatOp : |Shapes? .*(?:incompatible|not compatible)"
        r"|not compatible with expected shape|same (?:first|outer|inner) dimension"
        r"|(?:Need|expects?|must be) .*dimension|Requires start <=|requires? .* multiple of"
        r"|is not divisible|evenly divi|does not match the shape|inner dimensions|ragged",
        "Two tensors meet whose sizes, known only when the step runs, do not fit.",
        "Make the sizes fit where they are made, or fix them in keras.Input so that they are "
        "checked earlier.",
    ),
    RunError(
        Cause.DATA_PIPELINE,
        r"IteratorGetNext|End of sequence|^OutOfRangeError|DatasetV2|FixedLengthRecord",
        "The data ended or broke before the step had its batch.",
        "Take one batch by hand: next(iter(dataset)).",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"",
        "Python code inside the step, behind tf.py_function or tf.numpy_function, raised this.",
        "Correct that function for this batch.",
        ops=("PyFunc", "PyFuncStateless", "EagerPyFunc"),
    ),
    RunError(
        Cause.UNIMPLEMENTED_ON_DEVICE,
        r"^UnimplementedError|only supports? |not (?:yet |currently )?(?:supported|implemented)"
        r"|[Uu]nsupported|does(?: not|n't) (?:yet |currently )?support|[Cc]urrent implementation",
        "The kernel of this device is not written for these settings.",
        "Change the setting that the message names, or build it from other layers.",
    ),
    RunError(
        Cause.INVALID_ARGUMENT_AT_RUNTIME,
        r"^InvalidArgumentError|^OutOfRangeError",
        "An op refuses a value that it is given.",
        "Give a value that the message allows.",
    ),
)
