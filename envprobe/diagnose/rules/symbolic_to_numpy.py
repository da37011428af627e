"""NumPy asks for the numbers of a tensor that has none yet."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Keras' own recurrent code makes its zeros with np.prod, which NumPy 1.20 turned against tensors.
RECURRENT_TENSOR = (
    r"^(?:.*/)?(?:bidirectional|forward_|backward_|time_distributed|conv_?lstm|lstm|gru|simple_rnn|"
    r"rnn"
    r"|cu_?dnn)[a-z0-9_]*/"
)
RECURRENT_FRAME = (
    r"(?:recurrent(?:_v2)?\.py|create_zeros|_generate_zero_filled_state|get_initial_state"
    r"|[/\\]rnn[/\\]\w+\.py|rnn_cell_impl|lstm\.py)"
)
# np.prod(shape) in TensorFlow's own ones() and zeros().
ARRAY_FRAME = r"array_ops\.py.*(?:_constant_if_small|in zeros|in ones)|np\.prod\(shape\)"
AROUND_LINES = 40


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    tensor = sighting.fields.get("tensor", "")
    around = _around(sighting)
    inside = compiled(RECURRENT_TENSOR).search(tensor) or compiled(RECURRENT_FRAME).search(around)
    if inside or compiled(ARRAY_FRAME).search(around):
        return NUMPY_TOO_NEW
    return Reading()


def _around(sighting: Sighting) -> str:
    above = sighting.before.split("\n")[-AROUND_LINES:]
    below = sighting.after.split("\n")[:AROUND_LINES]
    return "\n".join([*above, *below])


NUMPY_TOO_NEW = Reading(
    cause=Cause.NUMPY_ABI_MISMATCH,
    confidence=Confidence.LIKELY,
    seen="Inside TensorFlow's own code[ for {tensor}] NumPy is given a symbolic tensor: this NumPy "
    "is too new for this TensorFlow.",
    why="NumPy 1.20 changed what np.prod does with a tensor, and the layers of TensorFlow up to "
    "2.5 "
    "(LSTM, GRU, RNN, zeros) compute a shape with it.",
    fix='Install NumPy below 1.20 (pip install "numpy<1.20"), or TensorFlow 2.6 or newer, which '
    "works with newer NumPy; then start Python anew.",
    candidates=(
        Candidate(
            cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
            check="Is NumPy already below 1.20, or the last frame in the traceback your own code? "
            "Then it is a NumPy call on a tensor there.",
        ),
    ),
)

RULE = Rule(
    code="LOG450",
    name="symbolic-to-numpy",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.FATAL,
    patterns=(
        Pattern(
            r"Cannot convert a symbolic (?:tf\.)?Tensor \((?P<tensor>[^(){}]*)\) to a numpy array",
            anchors=("Cannot convert a symbolic ",),
        ),
        Pattern(r"Cannot convert a symbolic (?:Keras|tf\.keras) input/output to a numpy array"),
        Pattern(
            r"[Cc]annot convert a (?:symbolic )?(?:KerasTensor|Keras tensor)[^{]{0,60} to "
            r"(?:a )?[Nn]um[Pp]y",
            anchors=("onvert a KerasTensor", "onvert a symbolic"),
        ),
        Pattern(
            r"__array__\(\) (?:is not|got)[^{]*(?:symbolic|KerasTensor)", anchors=("__array__()",)
        ),
        Pattern(r"A KerasTensor is symbolic: it's a placeholder for a shape an?d? a dtype"),
    ),
    read=_read,
    seen="NumPy is given the symbolic tensor[ {tensor}].",
    why="While a graph is traced a tensor has a dtype and a shape, but no numbers, and NumPy can "
    "only compute with numbers.",
    fix="Use the function of the same name of TensorFlow (tf.math, tf.experimental.numpy) or "
    "keras.ops in losses, metrics and layers; tf.numpy_function runs NumPy in the step, without "
    "a gradient.",
    candidates=(
        Candidate(
            cause=Cause.NUMPY_ABI_MISMATCH,
            check="Is TensorFlow older than 2.6 and NumPy 1.20 or newer, and the failing frame in "
            "Keras' recurrent layers or array_ops? Then NumPy is too new.",
        ),
    ),
    source="tensorflow/python/framework/tensor.py",
    hits=(
        "    d = np.linalg.norm(y_true - y_pred)\n\n    NotImplementedError: Cannot convert a "
        "symbolic Tensor (my_loss/sub:0) to a numpy array. This error may indicate that you're "
        "trying to pass a Tensor to a NumPy call, which is not supported\n",
        "TypeError: Cannot convert a symbolic Keras input/output to a numpy array. This error may "
        "indicate that you're trying to pass a symbolic value to a NumPy call, which is not "
        "supported.\n",
        "NotImplementedError: Cannot convert a symbolic tf.Tensor (Placeholder:0) to a numpy "
        "array. This error may indicate that you're trying to pass a Tensor to a NumPy call\n",
    ),
    misses=(
        '    867         f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array."\n',
        "ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type list).\n",
    ),
)
