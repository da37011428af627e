"""Elements of different shapes are to be put into one batch."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[(\[][0-9?, None]*[)\]]"

RULE = Rule(
    code="LOG519",
    name="batch-element-shapes",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"Cannot (?:batch|add) tensors?(?: to the batch)?(?: with different shapes in "
            r"component "
            r"(?P<component>[0-9]+))?[.:] (?:First element had shape|number of elements does not "
            r"match\. Shapes are: \[tensor\]:) (?P<first>"
            + SHAPE
            + r")(?: and element (?P<element>[0-9]+)"
            r" had shape|, \[batch\]:) (?P<second>" + SHAPE + ")",
            anchors=("Cannot batch tensors", "Cannot add tensor"),
        ),
        Pattern(
            r"Cannot batch (?:tensors|elements) with different (?P<what>types|ranks|number of "
            r"elements|"
            r"keys)",
            anchors=("Cannot batch ",),
        ),
        Pattern(r"Attempted to pad to a smaller size than the input element"),
        Pattern(
            r"Input element must have the same batch size in each component\. Component 0 had size "
            r"(?P<first>[0-9]+) but component (?P<component>[0-9]+) had size (?P<second>[0-9]+)"
        ),
        Pattern(
            r"TensorArray has inconsistent shapes\. +Index 0 has shape: (?P<first>"
            + SHAPE
            + r") but "
            r"index (?P<element>[0-9]+) has shape: (?P<second>" + SHAPE + ")"
        ),
        Pattern(
            r"Shape of sample (?P<second>"
            + SHAPE
            + r") of sequence at position (?P<element>[0-9]+) is "
            r"different from expected shape (?P<first>" + SHAPE + ")"
        ),
        Pattern(r"Can't convert non-rectangular Python sequence to Tensor"),
        Pattern(
            r"Dimensions of inputs should match: shape\[0\] = (?P<first>"
            + SHAPE
            + r") vs\. shape\["
            r"(?P<element>[0-9]+)\] = (?P<second>" + SHAPE + ")",
            before=(r"[Dd]ataset|Iterator",),
        ),
        # The same, where the log ends within the message.
        Pattern(r"Cannot batch tensors with different shapes in component (?P<component>[0-9]+)"),
    ),
    seen="Elements of one batch have different shapes[: {first}][, element {element} has "
    "{second}].",
    why="A batch is one tensor, so all of its elements need the same shape. Images of several "
    "sizes "
    "or colours, texts of several lengths and rows with missing values have not.",
    fix="Bring the elements to one shape before .batch(): tf.image.resize, decode with channels=3, "
    "pad_sequences or padded_batch for texts. dataset.map(lambda x, y: tf.shape(x)) shows the odd "
    "one.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is it one file among many that differs (a damaged or grey image)?",
        ),
    ),
    source="tensorflow/core/kernels/data/batch_dataset_op.cc",
    hits=(
        "InvalidArgumentError: Cannot batch tensors with different shapes in component 0. First "
        "element had shape [120,160,3] and element 2 had shape [120,160,1]. [Op:IteratorGetNext]\n",
        "InvalidArgumentError: Cannot add tensor to the batch: number of elements does not match. "
        "Shapes are: [tensor]: [30,40,3], [batch]: [32,40,3] [Op:IteratorGetNext]\n",
        "ValueError: Can't convert non-rectangular Python sequence to Tensor.\n",
    ),
    misses=("ValueError: Data cardinality is ambiguous:\n  x sizes: 20\n  y sizes: 30\n",),
)
