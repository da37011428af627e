"""The data that a layer or a model is given does not have the shape that it was built for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

INPUT = (
    r"Input (?P<input>[0-9]+)(?: with name '(?P<input_name>[^']*)')?(?: of layer "
    r"[\"'`]?(?P<layer>[^\s\"'`{]+)[\"'`]?)? is incompatible with (?:the )?layer"
    r"(?: [\"'`]?(?P<model>[^\s\"'`:{]+)[\"'`]?)?: (?:it )?"
)
SHAPE = r"[(\[][^)\]{]*[)\]]"

RULE = Rule(
    code="LOG400",
    name="layer-input-incompatible",
    cause=Cause.SHAPE_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(
            r"Shapes used to initialize variables must be fully-defined \(no `None` dimensions\)\. "
            r"Received: shape=(?P<found>\([^){]*\))(?: for variable path='(?P<layer>[^']*)')?"
        ),
        Pattern(
            INPUT + r"expected (?P<expected>(?:max_|min_)?ndim=[0-9]+), found (?P<found>ndim="
            r"[0-9]+)(?:\. Full shape received: (?P<shape>" + SHAPE + r"))?",
            anchors=("is incompatible with",),
        ),
        Pattern(
            INPUT + r"expected axis (?P<axis>-?[0-9]+) of input shape to have value "
            r"(?P<expected>[0-9{][^,]*?),? but received input with shape (?P<found>" + SHAPE + ")",
            anchors=("is incompatible with",),
        ),
        Pattern(
            INPUT
            + r"expected shape=(?P<expected>"
            + SHAPE
            + r"), found shape=(?P<found>"
            + SHAPE
            + ")",
            anchors=("is incompatible with",),
        ),
        Pattern(
            r"Layer [\"'`]?(?P<layer>[^\s\"'`{]+)[\"'`]? expects (?P<expected>[0-9]+)"
            r"(?: named)? inputs?(?:\(s\))?, but it received (?P<found>[0-9]+) input tensors"
        ),
        Pattern(
            r"Invalid input shape for input (?P<input>.*?)\. Expected shape (?P<expected>"
            + SHAPE
            + r"), but input has incompatible shape (?P<found>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"(?P<layer>[A-Za-z_]\w*) was passed incompatible inputs\. For input "
            r"'(?P<input>[^']*)', expected shape (?P<expected>" + SHAPE + r"), but received "
            r"instead a tensor with shape (?P<found>" + SHAPE + ")"
        ),
        Pattern(
            r"The last dimension of the inputs? (?:shape of|to) (?:a |the )?`?Dense`?(?: layer)? "
            r"should be defined\. Found `?None`?\.?(?: Full input shape received: (?P<found>"
            + SHAPE
            + "))?"
        ),
        Pattern(
            r"channel dimension of the inputs(?: to `?(?P<layer_class>\w+)`?)?(?: \(last axis\))? "
            r"should be defined\. (?:The input_shape received is (?P<found>" + SHAPE + r"))?"
        ),
        Pattern(r"expected (?:min_|max_)?ndim=[0-9]+, found (?P<found>ndim=[0-9]+)\. Full shape"),
        Pattern(
            r"Error when checking (?:model )?input: expected (?P<layer>\S+) to have "
            r"(?P<expected>(?:shape " + SHAPE + r")|(?:[0-9]+ dimensions)),? but got array with "
            r"shape (?P<found>" + SHAPE + ")"
        ),
        Pattern(
            r"Error when checking model input: the list of Numpy arrays that you are passing to "
            r"your model is not the size the model expected\. Expected to see (?P<expected>[0-9]+)"
        ),
        Pattern(
            r"The model expects (?P<expected>[0-9]+) (?:\S+ )?(?:input )?arrays, but only "
            r"received (?P<found>one|[0-9]+) array"
        ),
        # The same, where the log ends within the message.
        Pattern(
            r"Input [0-9]+ (?:with name '[^'{]+' )?of layer \"?(?P<layer>[^\s\"{%]+)\"? is "
            r"incompatible with the layer: expected (?:shape|axis|ndim|min_ndim|max_ndim)\b"
        ),
        Pattern(r"Error when checking (?:model )?input: expected (?P<layer>[^\s{%]+) to have"),
    ),
    seen="[Layer {layer}][ (model {model})] was made for [{expected}][ (axis {axis})] and gets "
    "[{found}][, full shape {shape}].",
    why="A layer fixes the number of axes and the size of the last one when it is built; the data "
    "that arrives now has other sizes. Often a preprocessing step, a missing batch axis or a "
    "model that was built for other features is behind it.",
    fix="Print x.shape just before the call and compare it with model.input_shape. Give the model "
    "data[ of the shape {expected}], or build it again with the shape of the data; a single sample "
    "needs a batch axis (x[None, ...]), a sequence layer needs (batch, steps, features).",
    source="keras/src/layers/input_spec.py",
    hits=(
        'ValueError: Input 0 of layer "sequential_7" is incompatible with the layer: expected '
        "shape=(None, 30), found shape=(None, 31)\n",
        "    ValueError: Input 0 of layer gru_3 is incompatible with the layer: expected ndim=3, "
        "found ndim=2. Full shape received: [None, 17]\n",
        "ValueError: Exception encountered when calling Functional.call().\n\nInput 0 with name "
        "'features' of layer 'functional_2' is incompatible with the layer: expected axis -1 of "
        "input shape to have value 12, but received input with shape (64, 9)\n",
        "ValueError: Error when checking input: expected conv2d_5_input to have 4 dimensions, but "
        "got array with shape (210, 48, 48)\n",
    ),
    misses=(
        '    238   raise ValueError(\n--> 239     f\'Input {input_index} of layer "{layer_name}" '
        "is incompatible with the layer: expected shape={spec.shape}, found shape={shape}'\n",
        'ValueError: Input 0 of layer "dense" is incompatible with the layer: expected '
        "dtype=float32, found dtype=int32\n",
        "WARNING:tensorflow:Model was constructed with shape (None, 28, 28) for input, but it was "
        "called on an input with incompatible shape (None, 28).\n",
    ),
)
