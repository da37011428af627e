"""An op in a function of the data pipeline fails on one of its elements."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import message_of
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

ORDINARY_END = r"End of sequence|[Cc]ancelled|CANCELLED"


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """The end of the data is told in the same way, and is no failure."""
    return None if compiled(ORDINARY_END).search(message_of(sighting)) else Reading()


RULE = Rule(
    code="LOG522",
    name="dataset-function-failed",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"function_node __inference_Dataset_(?P<step>[^\s}]+?)(?:_[0-9]+)?\}\}:? *"
            r"(?P<message>[^\[{%]{3,200}[^\[{%\s])"
        ),
        Pattern(
            r"function_node __wrapped__IteratorGetNext\w*?(?:_device_\S+?)?\}\}:? *"
            r"(?P<message>[^\[{%]{3,200}[^\[{%\s])"
        ),
        Pattern(
            r"\[\[(?:\{\{node )?(?:MultiDevice)?IteratorGetNext(?:_[0-9]+)?(?:\}\})?\]\]",
            before=(
                r"(?:Error: |Invalid argument: |INVALID_ARGUMENT: |root error\(s\) found)[^\n]*"
                r"(?:\n[^\n]*)?\n\s*\[\[\{\{node [^\n]*$",
            ),
        ),
    ),
    read=_read,
    yields_to=(
        "data-pipeline",
        "oom-host",
        "oom-gpu",
        "dtype-mismatch",
        "shape-mismatch",
        "embedding-index-out-of-range",
        "label-loss-mismatch",
        "nan-inf",
        "disk-full",
        "custom-op-not-symbolic",
        "no-kernel-for-device-dtype",
        "unimplemented-cpu-format",
        "gpu-libs-missing",
    ),
    seen="The data pipeline fails[ in {step}][: {message}].",
    why="The op that failed belongs to the dataset, not to the model: a function that map, filter "
    "or another step applies cannot work on one of the elements.",
    fix="Run through the dataset alone (for element in dataset: pass) and print what goes into the "
    "function, to find the element. Then correct the function or the file, or leave such elements "
    "out with dataset.filter or dataset.ignore_errors().",
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Does the message speak of shapes or sizes? Print the shape of each element.",
        ),
        Candidate(
            cause=Cause.GRAPH_EXECUTION_GENERIC,
            check="Does it fail on every element? Then an argument in the function is wrong.",
        ),
    ),
    source="tensorflow/core/kernels/data/captured_function.cc",
    hits=(
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: {{function_node "
        "__inference_Dataset_map_pad_boxes_311}} Paddings must be non-negative: 0 -7\n"
        "\t [[{{node Pad}}]]\n\t [[IteratorGetNext]] [Op:__inference_train_function_902]\n",
        "InvalidArgumentError: {{function_node __wrapped__IteratorGetNext_output_types_2_device_/"
        "job:localhost/replica:0/task:0/device:CPU:0}} Could not parse the row 12 "
        "[Op:IteratorGetNext]\n",
    ),
    misses=(
        "W tensorflow/core/framework/local_rendezvous.cc:404] Local rendezvous is aborting with "
        "status: OUT_OF_RANGE: End of sequence\n\t [[{{node IteratorGetNext}}]]\n",
        "INFO: traced {{function_node __inference_train_function_88}} again\n",
    ),
)
