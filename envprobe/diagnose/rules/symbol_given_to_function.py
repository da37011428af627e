"""A placeholder of a Keras model is given to a function that needs a real tensor."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

LIBRARY = r"(?:site|dist)-packages[/\\]([A-Za-z_]\w*)"
FRAME = r"File \"|\.py(?:\(\S*\))? in |\.py:[0-9]+, in "
OWN = ("tensorflow", "tensorflow_core", "keras", "tf_keras", "numpy", "six", "optree")
BEGINS = "Traceback (most recent call last)"


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Code of a package that did so with Keras 2 is of another generation; one's own is mended."""
    package = _caller(sighting.before.rpartition(BEGINS)[2].splitlines())
    if package is None or "function" not in sighting.fields:
        return Reading()
    return Reading(
        cause=Cause.KERAS_TF_VERSION_MISMATCH,
        fields={"package": package},
        why="The package {package} calls TensorFlow's functions on the placeholders of a model. "
        "Keras 2 allowed that, Keras 3 (with TensorFlow 2.16 and newer) does not.",
        fix="Use a release of {package} for Keras 3, or Keras 2 instead: pip install tf_keras and "
        "TF_USE_LEGACY_KERAS=1, or TensorFlow 2.15.",
    )


def _caller(trace: list[str]) -> str | None:
    """The package whose code called TensorFlow or Keras; None where it is the user's own."""
    for line in reversed(trace):
        if not compiled(FRAME).search(line):
            continue
        found = compiled(LIBRARY).search(line)
        if not found or found.group(1) not in OWN:
            return str(found.group(1)) if found else None
    return None


RULE = Rule(
    code="LOG451",
    name="symbol-given-to-function",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.FATAL,
    read=read,
    patterns=(
        Pattern(r"Output with path `[^`]*` is not connected to `inputs`"),
        Pattern(r"Could not build a TypeSpec for (?P<tensor>(?:<)?KerasTensor\(.*)"),
        Pattern(
            r"Inputs to eager execution function cannot be Keras symbolic tensors, but found "
            r"(?P<tensor>\[.*)"
        ),
        Pattern(r"A KerasTensor cannot be used as input to a (?P<function>\w+) function"),
        Pattern(
            r"You are passing (?P<tensor>KerasTensor\(.*?\)), an intermediate Keras symbolic "
            r"input/output, to a TF API"
        ),
        Pattern(r"Keras symbolic inputs/outputs do not implement `(?P<function>\w+)`"),
        Pattern(
            r"Graph disconnected: cannot obtain value for tensor (?P<tensor>.*?) at layer "
            r"[\"'](?P<layer>[^\"']+)"
        ),
        Pattern(
            r"Output tensors (?:to|of) a (?:Functional )?[mM]odel must be the output of a "
            r"(?:Keras|TensorFlow) `Layer`",
            anchors=("must be the output of a ",),
        ),
        Pattern(
            r"Inputs? (?:tensors )?to a (?:Functional )?[mM]odel must (?:come from|be)[^{]*"
            r"(?:`(?:tf\.)?(?:keras\.)?(?:layers\.)?Input`|Keras tensor)",
            anchors=("odel must come from", "odel must be"),
        ),
        Pattern(r"'NoneType' object has no attribute '_inbound_nodes'"),
        Pattern(r"`?outputs`? (?:tensors )?(?:must|should) be (?:symbolic )?KerasTensors?"),
        Pattern(r"`inputs` not connected to `outputs`"),
        Pattern(r"All `(?:inputs|outputs)` values must be KerasTensors\. Received: (?P<tensor>.*)"),
        Pattern(r"Layer (?P<layer>\S+) was called with an input that isn't a symbolic tensor"),
        Pattern(
            r"Only instances of (?:`?keras\.)?`?Layer`? can be added to a Sequential model\. "
            r"Received: (?P<tensor>.*KerasTensor.*)"
        ),
        Pattern(
            r"Exception encountered when calling (?:layer )?[\"']?(?P<layer>tf\.[\w.]+|"
            r"TFOpLambda|SlicingOpLambda)",
            after=(r"(?:KerasTensor|symbolic)",),
            anchors=("Exception encountered when calling ",),
        ),
        Pattern(
            r"Tensors? in list passed to '\w+' of '\w+' Op have types \[.*<NOT CONVERTIBLE TO "
            r"TENSOR>"
        ),
        Pattern(
            r"Failed to convert (?:object|elements) of (?:type )?<class "
            r"'keras\.\S*KerasTensor'> to Tensor"
        ),
        Pattern(
            r"(?:unhashable type|float\(\) argument must be|int\(\) argument must be)[^{]*"
            r"'?(?:KerasTensor|SymbolicTensor|Tensor)'?",
            anchors=("unhashable type", "argument must be"),
        ),
        Pattern(r"Tensor is unhashable(?: (?:if|when) Tensor equality is enabled|\. Instead)"),
        Pattern(
            r"'?(?:KerasTensor|SymbolicTensor|Tensor)'? object (?:cannot be interpreted as an "
            r"integer|is not iterable|is not callable|does not support item assignment)",
            anchors=("Tensor' object", "Tensor object"),
        ),
        Pattern(r"EagerTensor' object does not support item assignment"),
        Pattern(r"len is not well defined for a symbolic Tensor(?:\. \((?P<tensor>[^)]*)\))?"),
        Pattern(
            r"object of type '?(?:Keras|Symbolic)?Tensor'? has no len\(\)",
            anchors=("has no len()",),
        ),
    ),
    confidence=Confidence.LIKELY,
    seen="A symbolic tensor of a Keras model is used[ in a {function} function] where a value or "
    "another kind of tensor is needed[: {tensor}][ (layer {layer})].",
    why="A functional model is put together from placeholders without numbers; only Keras layers "
    "and functions take them. A Lambda that uses a tensor from outside, a tensor of another model "
    "and plain Python on a tensor end like this.",
    fix="Let a Lambda or layer use its own argument only, put TensorFlow functions into the call() "
    "of a layer, or use keras.ops. Build the model from keras.Input to output by layers; inside of "
    "tf.function write with tf.tensor_scatter_nd_update instead of x[i] = value.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Was the code written for Keras 2 and runs with Keras 3 (TensorFlow 2.16 or "
            "newer), or does it mix `keras` with `tf.keras`? Then set TF_USE_LEGACY_KERAS=1 or "
            "import all from one.",
        ),
    ),
    source="tensorflow/python/eager/execute.py, keras/src/backend/common/keras_tensor.py",
    hits=(
        "_SymbolicException: Inputs to eager execution function cannot be Keras symbolic tensors, "
        "but found [<tf.Tensor 'z_mean/Identity:0' shape=(None, 2) dtype=float32>]\n",
        "ValueError: A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor "
        "is a symbolic placeholder for a shape and dtype\n",
        "ValueError: Graph disconnected: cannot obtain value for tensor KerasTensor(type_spec="
        "TensorSpec(shape=(None, 9), dtype=tf.float32, name='b')) at layer \"dense_4\". The "
        "following previous layers were accessed without issue: []\n",
        "TypeError: 'Tensor' object does not support item assignment\n",
        "Traceback (most recent call last):\n"
        '  File "/home/ann/segment.py", line 8, in <module>\n'
        '  File "/venv/lib/python3.11/site-packages/maskkit/model.py", line 70, in build\n'
        '  File "/venv/lib/python3.11/site-packages/keras/src/backend/common/keras_tensor.py", '
        "line 92, in __tf_tensor__\n"
        "ValueError: A KerasTensor cannot be used as input to a TensorFlow function.\n",
    ),
    misses=(
        "   62     raise ValueError('A KerasTensor cannot be used as input to a ' + name)\n",
        'Model: "functional_3"\n',
    ),
)
