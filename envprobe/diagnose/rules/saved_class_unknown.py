"""A saved model names a class or function that this Keras cannot find."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

_KERAS_OWN_TEXT = (
    "Functional Sequential Model InputLayer Dense Conv2D BatchNormalization "
    "BatchNormalizationV1 BatchNormalizationV2 LSTM GRU LSTMV2 GRUV2 CuDNNLSTM CuDNNGRU "
    "LayerNormalization MultiHeadAttention TFOpLambda SlicingOpLambda TensorFlowOpLayer "
    "Rescaling Normalization RandomFlip RandomRotation RandomZoom RandomContrast "
    "TextVectorization StringLookup Attention Cast NotEqual SyncBatchNormalization "
    "DTypePolicy Policy GetItem Add Subtract Multiply TrueDivide Resizing CategoryEncoding "
    "KerasLayer Adam AdamW SGD RMSprop Adagrad Nadam LossScaleOptimizer GlorotUniform Zeros "
    "HeNormal VarianceScaling Orthogonal RandomUniform ModuleWrapper ReLU Softmax LeakyReLU "
    "Lambda Dropout mse mae mape accuracy acc auc binary_crossentropy "
    "categorical_crossentropy mean_squared_error sparse_categorical_crossentropy "
    "mean_absolute_error cosine swish gelu silu relu6 leaky_relu lr hard_sigmoid softmax_v2 "
    "sigmoid_v2 tanh_v2 "
)
_KERAS_OWN = frozenset(_KERAS_OWN_TEXT.split())


def read(sighting: Sighting, log: Log) -> Reading:  # noqa: ARG001 - as all rules
    """Whether the class is Keras' own (then the releases differ) or the user's."""
    if sighting.fields.get("object") in _KERAS_OWN:
        return Reading(why=RELEASES, fix=RELEASES_FIX, confidence=Confidence.CERTAIN)
    return Reading()


RELEASES = (
    "{object} is Keras' own, but not under that name in the installed release: the file was saved "
    "by another generation (2.4 and newer write Functional, Keras 3 writes DTypePolicy, Keras 2 "
    "writes mse and TFOpLambda)."
)
RELEASES_FIX = (
    "Load it with the release that saved it. For losses and metrics pass compile=False to "
    "load_model and compile again. Keras 2 files under TensorFlow 2.16 and newer: pip install "
    "tf_keras and TF_USE_LEGACY_KERAS=1. Otherwise build the model in code and load its weights."
)

RULE = Rule(
    code="LOG637",
    name="saved-class-unknown",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"Unknown (?P<what>layer|optimizer|loss function|metric function|metric|loss|"
            r"activation function|initializer|regularizer|constraint|object|dtype policy|"
            r"decay|model): ?'?(?P<object>[\w>.]+)'?",
            anchors=(
                "Unknown layer: ",
                "Unknown optimizer: ",
                "Unknown loss function: ",
                "Unknown metric function: ",
                "Unknown metric: ",
                "Unknown loss: ",
                "Unknown activation function: ",
                "Unknown initializer: ",
                "Unknown regularizer: ",
                "Unknown constraint: ",
                "Unknown object: ",
                "Unknown decay: ",
                "Unknown model: ",
                "Unknown layer:",
                "Unknown activation function:",
                "Unknown loss function:",
                "Unknown initializer:",
                "Unknown metric function:",
            ),
        ),
        Pattern(r"Could not locate (?P<what>class|function) '(?P<object>[\w>.]+)'"),
        Pattern(
            r"Could not deserialize (?P<what>class|function|object)? ?'(?P<object>[\w>.]+)' "
            r"because"
        ),
        Pattern(r"Unable to restore custom object of (?:type|class) \"?(?P<object>\w+)\"?"),
        Pattern(r"Unable to restore a layer of class \"?(?P<object>\w+)\"?"),
        Pattern(r"Unable to revive model from config"),
        Pattern(r"Could not interpret serialized (?P<what>\w+): ?\{?(?P<object>[^\s]*)"),
        Pattern(r"Could not parse config: (?P<object>[^\s{]+)"),
        Pattern(
            r"'(?:_UserObject|AutoTrackable)' object has no attribute "
            r"'(?P<object>summary|predict|fit|compile|"
            r"evaluate|layers|add|inputs|outputs|input_shape|save|trainable_variables)'"
        ),
        Pattern(r"Requested the deserialization of a (?:Python )?`?(?P<object>lambda)`?"),
        Pattern(r"Requested the deserialization of a (?P<object>Lambda) layer"),
        Pattern(r"Cannot deserialize `?(?P<object>[\w.]+)`? because it is not"),
    ),
    read=read,
    seen="The saved model names[ the {what}][ {object}], which Keras cannot find or make.",
    why="A model file names classes. It cannot be found where it is a class of your own that was "
    "not registered, or where another Keras or TensorFlow saved the file.",
    fix="Pass custom_objects={'{object}': your_class} to load_model, or decorate the class with "
    "@keras.saving.register_keras_serializable() and import its module before loading. Is it "
    "Keras' own, load the file with the release that saved it. A lambda needs safe_mode=False.",
    candidates=(
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="{object} is a class of your own: give it in custom_objects.",
        ),
    ),
    source="keras/src/saving/serialization_lib.py",
    hits=(
        "ValueError: Unknown layer: Functional\n",
        "TypeError: Could not locate function 'mse'. Make sure custom classes are decorated with "
        "`@keras.saving.register_keras_serializable()`.\n",
        "ValueError: Unknown layer: 'PatchEncoder'. Please ensure you are using a "
        "`keras.utils.custom_object_scope` and that this object is included in the scope.\n",
    ),
    misses=("Unknown device: /job:worker/task:3\n",),
)
