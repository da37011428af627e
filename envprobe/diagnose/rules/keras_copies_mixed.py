"""Objects of two Keras packages (keras, tf.keras, tf_keras) meet in one model."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG641",
    name="keras-copies-mixed",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Could not interpret (?P<what>optimizer|loss|metric|initializer|activation|"
            r"regularizer|constraint)(?: function)?(?: identifier)?: ?<?(?:function |class ')?"
            r"(?P<object>(?:tensorflow|keras|tf_keras)[\w.]*)",
            anchors=("Could not interpret ",),
        ),
        Pattern(
            r"Could not interpret (?P<what>optimizer|initializer|activation)(?: function)?"
            r"(?: identifier)?: ?<?(?:class ')?(?P<object>[\w.]+(?: object)?)",
            anchors=("Could not interpret ",),
        ),
        Pattern(
            r"The added layer must be an instance of class Layer\. (?:Found|Received): ?"
            r"(?:layer=)?(?P<object><[^>\n]+>)"
        ),
        Pattern(
            r"Only instances of `?keras\.Layer`? can be added to a Sequential model\. "
            r"Received: "
            r"(?P<object><[^>\n]+>)"
        ),
        Pattern(
            r"'(?P<object>Node|KerasTensor|tuple|str|InputLayer)' object has no attribute "
            r"'(?P<what>output_masks|node|layer|base_dtype|_keras_history|_inbound_nodes|"
            r"_keras_mask|_keras_shape|_type_spec|is_tensor_like)'",
            anchors=("object has no attribute '",),
        ),
        Pattern(r"Another (?P<what>metric) with the same name already exists"),
        Pattern(r"optimizer must be an instance of tf\.train\.Optimizer, not a (?P<object>[^\n]+)"),
        Pattern(
            r"(?:`optimizer`|'optimizer') must be an instance of "
            r"(?P<object>`?(?:keras|tf)\S+)"
        ),
        Pattern(r"It looks like you are trying to (?:mix|use) a version of multi-backend Keras"),
        Pattern(r"Could not interpret optimizer identifier"),
    ),
    yields_to=("saved-class-unknown", "saved-layer-arguments-unknown"),
    seen="Keras got an object of another Keras[: {object}].",
    why="keras, tf.keras, tensorflow.python.keras and tf_keras are separate packages with "
    "classes of the same names, which do not work together. From TensorFlow 2.16 on tf.keras is "
    "Keras 3, while tensorflow_hub, tf-models and others still make layers of Keras 2.",
    fix="Import everything from one of them, tensorflow.keras. For a library that needs Keras 2: "
    "pip install tf_keras and set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported. Where a "
    "metric exists twice, install keras in TensorFlow's own number.",
    candidates=(
        Candidate(cause=Cause.UNKNOWN, check="The object is no layer or optimizer at all."),
    ),
    source="keras/src/models/sequential.py",
    hits=(
        "ValueError: Could not interpret optimizer identifier: <keras.src.optimizers.adam.Adam "
        "object at 0x7f2c>\n",
        "TypeError: The added layer must be an instance of class Layer. Found: "
        "<keras.layers.core.dense.Dense object at 0x7fb1>\n",
        "tensorflow.python.framework.errors_impl.AlreadyExistsError: Another metric with the same "
        "name already exists.\n",
    ),
    misses=("ValueError: Could not interpret metric value\n",),
)
