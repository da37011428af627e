"""The labels do not have the form that the loss or the metric compares the output with."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

SHAPE = r"[(\[][^)\]{]*[)\]]"

RULE = Rule(
    code="LOG402",
    name="labels-do-not-fit-loss",
    cause=Cause.LABEL_LOSS_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Argument `output` must have rank \(ndim\) `target\.ndim - 1`\. Received: "
            r"target\.shape=(?P<labels>\([^)]*\)), output\.shape=(?P<output>\([^)]*\))"
        ),
        Pattern(
            r"`labels\.shape` must equal `logits\.shape` except for the last dimension\. Received: "
            r"labels\.shape=(?P<labels>\([^)]*\)) and logits\.shape=(?P<output>\([^)]*\))"
        ),
        Pattern(
            r"logits and labels must have the same first dimension, got logits shape "
            r"(?P<output>\[[0-9,]*\]) and labels shape (?P<labels>\[[0-9,]*\])"
        ),
        Pattern(
            r"logits and labels must be (?:the )?(?:broadcastable|same size): logits_size="
            r"(?P<output>\[[0-9,]*\]),? labels_size=(?P<labels>\[[0-9,]*\])",
            anchors=("logits and labels must be",),
        ),
        Pattern(
            r"`?logits`? and `?labels`? must have the same shape,? (?:received )?\(?\(?"
            r"(?P<output>\([0-9None, ]*\)) vs\.? (?P<labels>\([0-9None, ]*\))",
            anchors=("must have the same shape",),
        ),
        Pattern(
            r"Arguments `?target`? and `?output`? must have the same (?P<what>shape|rank)"
            r"(?: \(ndim\))?(?: up until the last dimension)?[.:] ?(?:Received: ?)?"
            r"(?:target\.shape=(?P<labels>\([^)]*\)), output\.shape=(?P<output>\([^)]*\)))?",
            anchors=("must have the same shape", "must have the same rank"),
        ),
        Pattern(
            r"You are passing a target array of shape (?P<labels>\([^)]*\)) while using as loss "
            r"`(?P<loss>[a-z_]+)`"
        ),
        Pattern(
            r"A target array with shape (?P<labels>\([^)]*\)) was passed for an output of shape "
            r"(?P<output>\([^)]*\)) while using as loss `(?P<loss>[^`{]+)`"
        ),
        Pattern(
            r"The shape of labels \(received (?P<labels>\([^)]*\))\) should equal the shape of "
            r"logits except for the last dimension \(received (?P<output>\([^)]*\))\)"
        ),
        Pattern(
            r"Rank of labels \(received (?P<labels>[0-9]+)\) should equal rank of logits minus 1 "
            r"\(received (?P<output>[0-9]+)\)"
        ),
        Pattern(r"labels must be 1-D, but got shape (?P<labels>\[[^\]]*\])"),
        Pattern(
            r"Error when checking (?:model )?target: expected (?P<layer>\S+) to have "
            r"(?P<expected>(?:shape " + SHAPE + r")|(?:[0-9]+ dimensions)),? but got array with "
            r"shape (?P<labels>" + SHAPE + ")"
        ),
        Pattern(
            r"Error when checking model target: the list of Numpy arrays that you are passing to "
            r"your model is not the size the model expected\. Expected to see (?P<expected>[0-9]+)"
        ),
        Pattern(
            r"y_true and y_pred (?:have|must have) (?:different structures|the same structure|"
            r"incompatible)",
            anchors=("y_true and y_pred",),
        ),
        Pattern(
            r"`y_(?:pred|true)` and `y_(?:pred|true)` (?:must|should) have the same (?:shape|rank)",
            anchors=("have the same shape", "have the same rank"),
        ),
        Pattern(
            r"expects 2D inputs with shape \(batch_size, output_dim\)[^{]*Received input shapes: "
            r"y_pred\.shape=(?P<output>\([^)]*\)) and y_true\.shape=(?P<labels>\([^)]*\))"
        ),
        Pattern(
            r"(?:Target|Label)s? (?:data )?(?:and|with) (?:output|logits) have (?:different|"
            r"mismatched) (?:shapes|ranks|dimensions)",
            anchors=("have different ", "have mismatched "),
        ),
        # The same, where the log ends within the message.
        Pattern(r"`logits` and `labels` must have the same shape, received \(\("),
        Pattern(r"Error when checking (?:model )?target: expected (?P<layer>[^\s{%]+) to have"),
        Pattern(
            r"Error: +logits and labels must be (?:the )?(?:broadcastable|same size)",
            anchors=("logits and labels must be",),
        ),
    ),
    seen="The labels[ have {labels}] do not fit the output[ {output}][ of layer {layer}, which "
    "needs {expected}][ with the loss {loss}].",
    why="A loss compares the labels value by value with the output of the last layer. Class "
    "numbers (one number each) go with a sparse_ loss, one-hot rows with the plain one, and the "
    "last layer needs as many units as a label has values.",
    fix="Print y.shape and model.output_shape. For class numbers use "
    "sparse_categorical_crossentropy (or one-hot them with keras.utils.to_categorical), for one "
    "yes/no label per sample use one unit with sigmoid and binary_crossentropy, and give the last "
    "layer a unit for each class.",
    candidates=(
        Candidate(
            cause=Cause.SHAPE_MISMATCH,
            check="Does the output lack a Flatten or pooling layer, so that it has an axis too "
            "many? Look at model.summary().",
        ),
    ),
    yields_to=("label-out-of-range",),
    source="tensorflow/core/kernels/xent_op.cc, keras/src/losses",
    hits=(
        "InvalidArgumentError:  logits and labels must have the same first dimension, got logits "
        "shape [64,12] and labels shape [768]\n\t [[node sparse_categorical_crossentropy/"
        "SparseSoftmaxCrossEntropyWithLogits/SparseSoftmaxCrossEntropyWithLogits]]\n",
        "    ValueError: `logits` and `labels` must have the same shape, received ((None, 4) vs "
        "(None, 1)).\n",
        "ValueError: Arguments `target` and `output` must have the same rank (ndim). Received: "
        "target.shape=(None,), output.shape=(None, 6)\n",
        "ValueError: Error when checking target: expected dense_2 to have shape (1,) but got array "
        "with shape (3,)\n",
    ),
    misses=(
        "  --> raise ValueError('Error when checking target: expected ' + names[i])\n",
        "ValueError: Error when checking input: expected dense_1_input to have shape (8,), but got "
        "array with shape (9,)\n",
    ),
)
