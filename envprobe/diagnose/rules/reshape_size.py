"""A tensor is to get a shape that has another number of values."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG405",
    name="reshape-size",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Input to reshape is a (?:Sparse)?[tT]ensor with (?P<values>[0-9]+) (?:dense "
            r")?values, "
            r"but the requested shape (?:has|requires a multiple of) (?P<wanted>[0-9]+)",
            anchors=("Input to reshape is a ",),
        ),
        Pattern(
            r"[Cc]annot reshape a tensor with (?P<values>[0-9]+) elements to shape (?P<shape>"
            r"\[[0-9?,]*\])(?: \((?P<wanted>[0-9]+) elements\))?(?: for '(?:\{\{node )?"
            r"(?P<node>[^\s'}]+))?",
            anchors=("annot reshape a tensor with ",),
        ),
        Pattern(
            r"[Cc]annot reshape array of size (?P<values>[0-9]+) into shape (?P<shape>\([0-9, "
            r"-]*\))",
            anchors=("annot reshape array of size ",),
        ),
        Pattern(
            r"total size of (?:new array|the tensor) must be unchanged[.,] (?:Received: )?"
            r"input_shape ?= ?(?P<values>[(\[][^)\]]*[)\]]), ?\w+ ?= ?(?P<shape>[(\[][^)\]]*[)\]])",
            anchors=("must be unchanged",),
        ),
        Pattern(
            r"(?:Size [0-9]+ must be non-negative, not -[0-9]+|reshape cannot infer the missing "
            r"input size for an empty tensor)",
            anchors=("must be non-negative, not -", "cannot infer the missing input size"),
        ),
        Pattern(
            r"Dimension size must be evenly divisible by (?P<wanted>[0-9]+) but is (?P<values>"
            r"[0-9]+) for '(?:\{\{node )?(?P<node>[^\s'}]+)"
        ),
        # The same, where the log ends within the message.
        Pattern(r"Input to reshape is a tensor with [0-9]+ values, but"),
        Pattern(r"cannot reshape array of size [0-9]+ into shape"),
    ),
    seen="A tensor[ of {values} values] is to be reshaped[ to {shape}][ with {wanted} values]"
    "[ in {node}][, layer {layer}].",
    why="Reshaping keeps the values, so both shapes need the same number of them. The batch size "
    "may be written into the shape, the images may have another size than the code thinks, or a "
    "sum lost an axis in a loss.",
    fix="Compute the product of the sizes on both sides. Leave the batch axis to be found "
    "(tf.reshape(x, (-1, ...)) with only one -1), and resize or crop the data to the size that "
    "the shape says.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Is the tensor a decoded image or a parsed record? Then one file has another "
            "size than the others.",
        ),
        Candidate(
            cause=Cause.LABEL_LOSS_MISMATCH,
            check="Is the node in the loss? Then compare y.shape with model.output_shape.",
        ),
    ),
    source="tensorflow/core/kernels/reshape_op.h",
    hits=(
        "InvalidArgumentError: Input to reshape is a tensor with 9216 values, but the requested "
        "shape requires a multiple of 4096\n\t [[{{node model_1/flatten/Reshape}}]]\n",
        "ValueError: cannot reshape array of size 65536 into shape (256,256,3)\n",
        "ValueError: The total size of the tensor must be unchanged. Received: input_shape=(49,), "
        "target_shape=(7, 8)\n",
    ),
    misses=(
        "   471       raise ValueError(f'cannot reshape array of size {x.size} into shape "
        "{shape}')\n",
        "Adding reshape to kConstant operand\n",
    ),
)
