"""Python's `if`, `for`, `and` or an attribute asks for a tensor's value while the graph is made."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# Attributes that only Keras' own tensors of another generation have.
OF_KERAS = ("_keras_shape", "_keras_history", "_uses_learning_phase", "_keras_mask")
OF_OLD_TENSORFLOW = ("_distribute_strategy", "_lazy_read", "experimental_ref", "_id_tf")
# What a variable has and a tensor has not.
OF_VARIABLE = (
    "_in_graph_mode",
    "assign",
    "assign_add",
    "assign_sub",
    "_unique_id",
    "is_initialized",
    "initializer",
    "_shared_name",
    "trainable",
    "overwrite_with_gradient",
    "_distributed_container",
)


def _read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    attribute = sighting.fields.get("attribute")
    if attribute in OF_KERAS or attribute in OF_OLD_TENSORFLOW:
        return Reading(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            confidence=Confidence.LIKELY,
            why="Only tensors of another Keras have this attribute: the code mixes the package "
            "`keras` with `tf.keras`, or uses a library that was written for another release.",
            fix="Import everything from one of them (tensorflow.keras), and install the release "
            "of the library that fits this TensorFlow.",
            candidates=(STILL_SYMBOLIC,),
        )
    if attribute in OF_VARIABLE:
        return Reading(
            why="An optimizer or an assignment is given a plain tensor; only a tf.Variable has "
            "this attribute and can be changed.",
            fix="Make it a tf.Variable first (x = tf.Variable(x)) and pass that to "
            "apply_gradients or assign.",
        )
    return Reading()


STILL_SYMBOLIC = Candidate(
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    check="Does the model use a tensor that no Keras layer made? Wrap that step in a Lambda layer.",
)
TENSOR = r"'?(?:Keras|Symbolic|Eager|Ragged|Sparse)?Tensor'? object"

RULE = Rule(
    code="LOG452",
    name="tensor-as-python-value",
    cause=Cause.CUSTOM_OP_NOT_SYMBOLIC,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"A symbolic KerasTensor cannot be used as an? (?P<attribute>\w+)"),
        Pattern(
            r"[Uu]sing a (?:symbolic )?`?(?:tf\.)?(?:Tensor|KerasTensor)`? as a Python "
            r"`?bool(?:ean)?`? (?:is )?not allowed",
            anchors=("as a Python `bool", "as a Python bool"),
        ),
        Pattern(
            r"peratorNotAllowedInGraphError\b *(?::|Traceback \(most recent call last\))",
            anchors=("peratorNotAllowedInGraphError",),
        ),
        Pattern(
            r"[Cc]annot use a KerasTensor as a Python (?:bool|boolean)",
            anchors=("annot use a KerasTensor",),
        ),
        Pattern(
            r"[Ii]terating over a? ?(?:symbolic )?`?(?:tf\.)?(?:Tensor|KerasTensor)`? is not "
            r"allowed",
            anchors=("terating over ",),
        ),
        Pattern(
            r"Tensor objects are (?:only iterable|not iterable) when eager execution is",
            anchors=("Tensor objects are ",),
        ),
        Pattern(
            r"Cannot iterate over a (?:scalar tensor|[Tt]ensor with unknown|shape with unknown)",
            anchors=("Cannot iterate over a ",),
        ),
        Pattern(TENSOR + r" has no attribute '(?P<attribute>\w+)'", anchors=("Tensor' object",)),
        Pattern(r"Tensor object has no attribute '(?P<attribute>\w+)'"),
        Pattern(
            r"(?:`?(?P<attribute>numpy|eval)\(\)`?|\.numpy\(\)) is only (?:available|supported) "
            r"when eager execution is enabled",
            anchors=("when eager execution is enabled",),
        ),
        Pattern(r"(?P<attribute>eval|numpy) is not supported when eager execution is enabled"),
        Pattern(r"OperatorNotAllowedInGraphError: \S"),
    ),
    read=_read,
    seen="A tensor is used as a value of Python[: its attribute {attribute} is asked for]"
    "[ (layer {layer})].",
    why="While a graph is traced a tensor has no value yet. `if`, `while`, `and`, `in`, a loop, "
    "int() and .numpy() need one at once.",
    fix="Use tf.cond, tf.where, tf.math.logical_and and tf.map_fn (or keras.ops) instead; write "
    "code that AutoGraph can read (no lambda, no nested class) into the tf.function, or compile "
    "with run_eagerly=True to look at values while debugging.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Was the code written for TensorFlow 1, or for another Keras? Then port it, or "
            "install the release it was written for.",
        ),
    ),
    source="tensorflow/python/framework/tensor.py",
    hits=(
        "    tensorflow.python.framework.errors_impl.OperatorNotAllowedInGraphError: Using a "
        "symbolic `tf.Tensor` as a Python `bool` is not allowed: AutoGraph did convert this "
        "function.\n",
        "OperatorNotAllowedInGraphError: iterating over `tf.Tensor` is not allowed: AutoGraph is "
        "disabled in this function.\n",
        "    AttributeError: 'Tensor' object has no attribute 'numpy'\n",
        "AttributeError: 'SymbolicTensor' object has no attribute 'numpy'\n",
    ),
    misses=(
        "AttributeError: module 'tensorflow' has no attribute 'placeholder'\n",
        "ValueError: The truth value of an array with more than one element is ambiguous.\n",
    ),
)
