"""Tensors that are joined, merged or stacked differ in a size that must be equal."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[\[(][0-9?, None]*[\])]"

RULE = Rule(
    code="LOG406",
    name="joined-shapes",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"ConcatOp : Dimensions? (?:(?P<axis>[0-9]+) in both shapes must be equal|of inputs "
            r"should match): shape\[0\] = (?P<first>" + SHAPE + r") vs\. shape\[[0-9]+\] = "
            r"(?P<second>" + SHAPE + ")"
        ),
        Pattern(
            r"ConcatOp : Ranks of all input tensors should match: shape\[0\] = (?P<first>"
            + SHAPE
            + r") vs\. shape\[[0-9]+\] = (?P<second>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"A `Concatenate` layer requires inputs with matching shapes except for the "
            r"concat(?:enation)? axis[.:] *(?:Received: *|Got inputs shapes: )?(?:input_shape=)?"
            r"(?P<shapes>[\[(][^{]*)"
        ),
        Pattern(
            r"mode can only merge layers with matching output shapes except for the concat axis\. "
            r"Layer shapes: (?P<shapes>[\[(][^{]*)"
        ),
        Pattern(
            r"Only layers of same output shape can be merged using \w+ mode\. Layer shapes: "
            r"(?P<shapes>[\[(][^{]*)"
        ),
        Pattern(
            r"Inputs have incompatible shapes\. Received shapes (?P<first>\([^){]*\)) and "
            r"(?P<second>\([^){]*\))"
        ),
        Pattern(
            r"Operands could not be broadcast together with shapes (?P<first>\(.*?\)) (?P<second>"
            r"\(.*?\))"
        ),
        Pattern(
            r"Dimension (?P<axis>[0-9]+) in both shapes must be equal, but are (?P<first_size>"
            r"[0-9]+) and (?P<second_size>[0-9]+)(?:\. Shapes are (?P<first>" + SHAPE + r") and "
            r"(?P<second>" + SHAPE + r"))?"
        ),
        Pattern(
            r"all the input array dimensions (?:except for|for) the concatenation axis must match "
            r"exactly(?:, but along dimension (?P<axis>[0-9]+), .* has size (?P<first_size>[0-9]+) "
            r"and .* has size (?P<second_size>[0-9]+))?"
        ),
        Pattern(r"all input arrays must have the same shape"),
        Pattern(
            r"Shapes of all inputs must match: values\[0\]\.shape = (?P<first>" + SHAPE + r") != "
            r"values\[[0-9]+\]\.shape = (?P<second>" + SHAPE + ")"
        ),
        Pattern(
            r"Cannot merge tensors with different batch sizes\. (?:Got|Received) tensors with "
            r"shapes (?P<shapes>[^{]*)"
        ),
        Pattern(
            r"Every value in `xs?` must have the same shape(?: except on the `axis` dim)?\. But "
            r"found element of shape (?P<second>\([^){]*\)), which is different from the first "
            r"element's shape (?P<first>\([^){]*\))",
            anchors=("which is different from the first",),
        ),
        Pattern(
            r"Cannot concatenate arrays that have different numbers of dimensions: (?P<first>"
            r"[(\[].*?[)\]]) and (?P<second>[(\[].*?[)\]])"
        ),
        # The same, where the log ends within the message.
        Pattern(r"Error: A `Concatenate` layer requires inputs with matching shapes"),
        Pattern(r"Dimension (?P<axis>[0-9]+) in both shapes must be equal: shape\[0\] = "),
        Pattern(r"Error: Inputs have incompatible shapes\. Received"),
    ),
    yields_to=("checkpoint-mismatch",),
    seen="Tensors that are joined differ[ on axis {axis}][: {first} and {second}]"
    "[: {first_size} against {second_size}][: {shapes}][ in {node}].",
    why="A concatenation needs equal sizes on all other axes, a sum or a stack on all. In networks "
    "with skip connections an odd height or width is rounded in the way down and up, so that the "
    "two branches differ by one.",
    fix="Make the input's height and width a multiple of 2 to the number of poolings (for example "
    "of 32), or crop or resize one branch to the other. Otherwise correct axis= or the layer that "
    "makes the odd size.",
    candidates=(
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="Does the op's name hold Assign or save/, or was it raised while weights were "
            "loaded? Then the weights are of another model.",
        ),
    ),
    source="tensorflow/core/kernels/concat_op.cc, keras/src/layers/merging",
    hits=(
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the "
        "concat axis: input_shape=[(None, 9, 9, 4), (None, 8, 8, 4)\n",
        "InvalidArgumentError:  ConcatOp : Dimension 1 in both shapes must be equal: shape[0] = "
        "[4,62,62,64] vs. shape[1] = [4,63,63,64]\n\t [[node u_net/concatenate_2/concat]]\n",
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the "
        "concatenation axis. Received: input_shape=[(None, 20, 8), (None, 21, 8)]\n",
        "ValueError: Inputs have incompatible shapes. Received shapes (28, 28, 32) and (28, 28, "
        "64)\n",
    ),
    misses=(
        "    ValueError: Dimension 0 in both shapes must be equal, but are 10 and 12. Shapes are "
        "[10] and [12]. for '{{node save/Assign_3}} = Assign[T=DT_FLOAT](dense/bias, save/Re)'\n",
        "    raise ValueError(f'Inputs have incompatible shapes. Received shapes {a} and {b}')\n",
    ),
)
