"""Two tensors meet in an op that works element by element, and their sizes do not pair up."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.rules._targets import (
    FRAME,
    about_targets,
    message_of,
    told_in_full,
    trace_of,
)
from envprobe.diagnose.rules._weights import WEIGHTS, loads_weights
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SHAPE = r"[\[(][0-9?,\sNone]*[\])]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    sighting = told_in_full(sighting, log)
    if loads_weights(sighting):
        return WEIGHTS
    if _of_images(sighting):
        return Reading(candidates=(LABELS,))
    targets = about_targets(sighting) or _leads_to_targets(sighting)
    if not targets and not _only_a_loss_compares(sighting):
        return Reading()
    return Reading(
        cause=Cause.LABEL_LOSS_MISMATCH,
        why="The op belongs to a loss or a metric: it compares the labels with what the model "
        "gives, and the two shapes do not pair up.",
        fix="Make the labels' shape that of the model's output: as many values as the last layer "
        "has units (one-hot them), or take the sparse_ loss for class numbers. For images make "
        "the masks as large as the output.",
        candidates=(SHAPES,),
    )


def _of_images(sighting: Sighting) -> bool:
    """Whether a loss compares masks pixel by pixel: there a size of an image is wrong."""
    if "None" in sighting.fields.get("first", ""):
        return False
    told = f"{message_of(sighting)}\n{trace_of(sighting.before)}"
    return compiled(OF_MASKS).search(told) is not None


def _leads_to_targets(sighting: Sighting) -> bool:
    """Whether it was caught and raised again by a loss: each traceback tells some of the frames."""
    chained = sighting.after.partition("During handling of the above exception")[2]
    return compiled(FRAME).search(chained) is not None


def _only_a_loss_compares(sighting: Sighting) -> bool:
    """Whether both shapes have an open batch, or a training step ends in the comparison.

    Apart from the reading of weights, only losses and metrics check by these words.
    """
    if "are incompatible" not in sighting.line.text:
        return False
    open_batch = all(sighting.fields.get(key, "")[1:].startswith("None") for key in BOTH)
    return open_batch or compiled(TRAINS).search(trace_of(sighting.before)) is not None


BOTH = ("first", "second")
OF_MASKS = r"(?i)(?:dice|jaccard|tversky|\b_?iou|[_/]iou)(?:_?(?:loss|coef)|[_/(])"
TRAINS = r"\.(?:fit|fit_generator|evaluate|train_on_batch|test_on_batch)\("
LABELS = Candidate(
    cause=Cause.LABEL_LOSS_MISMATCH,
    check="Compare y.shape with model.output_shape: are the masks as large as the output, with "
    "as many channels?",
)
SHAPES = Candidate(
    cause=Cause.SHAPE_MISMATCH,
    check="Print model.output_shape and y.shape: equal but for the batch means the loss function "
    "itself mixes up its axes.",
)

RULE = Rule(
    code="LOG401",
    name="incompatible-shapes",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Incompatible shapes(?: at component [0-9]+)?: (?P<first>" + SHAPE + r") vs\.? "
            r"(?P<second>" + SHAPE + ")",
            anchors=("ncompatible shapes",),
        ),
        Pattern(r"ncompatible shapes:? (?P<first>" + SHAPE + r") and (?P<second>" + SHAPE + ")"),
        Pattern(
            r"ncompatible shapes for broadcasting: (?P<first>"
            + SHAPE
            + r") and (?P<second>"
            + SHAPE
            + ")"
        ),
        Pattern(r"required broadcastable shapes"),
        Pattern(
            r"Shapes? (?P<first>" + SHAPE + r") and (?P<second>" + SHAPE + r") are "
            r"(?:incompatible|not compatible)",
            anchors=("are incompatible", "are not compatible"),
        ),
        Pattern(
            r"Shapes (?P<first>" + SHAPE + r") and (?P<second>" + SHAPE + r") must have the same "
            r"rank",
            anchors=("must have the same rank",),
        ),
        Pattern(
            r"Shape (?P<first>" + SHAPE + r") must have rank (?P<second>[0-9]+)",
            anchors=("must have rank ",),
        ),
        Pattern(r"Dimensions (?P<first>[0-9]+) and (?P<second>[0-9]+) are not compatible"),
        Pattern(
            r"Dimensions must be equal, but are (?P<first>[0-9]+) and (?P<second>[0-9]+) for "
            r"'?(?:\{\{node )?(?P<node>[^\s}']+)(?:\}\} = (?P<op>\w+))?"
        ),
        Pattern(
            r"Cannot broadcast shape, the failure dim has value .*Input shapes are: (?P<first>"
            r"[(\[].*?[)\]]) and (?P<second>[(\[].*?[)\]])"
        ),
        Pattern(
            r"operands could not be broadcast together with (?:remapped )?shapes (?P<first>"
            r"\([0-9,]*\)) (?P<second>\([0-9,]*\))"
        ),
        Pattern(
            r"could not broadcast input array from shape (?P<first>\([0-9,]*\)) into shape "
            r"(?P<second>\([0-9,]*\))"
        ),
        Pattern(r"add got incompatible shapes for broadcasting: (?P<first>.*?), (?P<second>.*)\."),
    ),
    read=_read,
    yields_to=("checkpoint-mismatch",),
    seen="Shapes[ {first} and {second}] do not fit together[ in node {node}][ ({op})].",
    why="An op that works element by element needs equal sizes, or size 1 where one is to be "
    "repeated. A batch size that is fixed in the model and a smaller last batch, a pooling or "
    "reshaping that changes the number of rows, or swapped axes lead there.",
    fix="Print the shapes of both sides just before the op. When only the first numbers differ and "
    "one is the batch size, let the batch size open (None) or make batches with "
    "drop_remainder=True; else correct the layer that makes the odd shape.",
    candidates=(
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Is one shape that of the labels? Compare y.shape with model.output_shape.",
        ),
    ),
    confidence=Confidence.LIKELY,
    source="tensorflow/core/framework/op_kernel.cc, tensorflow/core/kernels/cwise_ops_common.cc",
    hits=(
        "InvalidArgumentError:  Incompatible shapes: [48,20] vs. [48,12]\n\t [[node "
        "model/add_4/add "
        "(defined at train.py:88) ]] [Op:__inference_train_function_2210]\n",
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: {{function_node "
        "__wrapped__Mul_device_/job:localhost/replica:0/task:0/device:CPU:0}} required "
        "broadcastable shapes [Op:Mul] name:\n",
        "ValueError: Dimensions must be equal, but are 6 and 7 for '{{node gate/mul}} = Mul[T="
        "DT_FLOAT](gate/x, gate/y)' with input shapes: [?,6], [?,7].\n",
        "ValueError: operands could not be broadcast together with shapes (7,3) (4,)\n",
    ),
    misses=(
        '-> 1134         raise ValueError("Shapes %s and %s are incompatible" % (self, other))\n',
        "ValueError: Data cardinality is ambiguous:\n  x sizes: 20\n  y sizes: 30\n",
        "Epoch 3/3\n40/40 [==============================] - 1s 12ms/step - loss: 0.4\n",
    ),
)
