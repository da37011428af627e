"""A variable or table is read that has no value yet, or belongs to another session."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

# What only a step that runs says: its graph was made without an error.
AT_RUN_TIME = (
    r"reading resource variable|Could not find variable|uninitialized value|Table not initialized"
)
CREATION = Candidate(
    cause=Cause.VARIABLE_CREATION,
    check="Is a layer, an optimizer or a variable made inside of a tf.function?",
)


def _read(sighting: Sighting, _log: Log) -> Reading:
    if not compiled(AT_RUN_TIME).search(sighting.line.text):
        return Reading()
    return Reading(cause=Cause.GRAPH_EXECUTION_GENERIC, candidates=(CREATION, *RULE.candidates))


RULE = Rule(
    code="LOG462",
    name="variable-not-ready",
    cause=Cause.VARIABLE_CREATION,
    kind=Kind.FATAL,
    confidence=Confidence.POSSIBLE,
    patterns=(
        Pattern(
            r"Error while reading resource variable (?P<variable>[^\s{]+) from Container: "
            r"(?P<container>\w+)"
        ),
        Pattern(
            r"Could not find variable (?P<variable>[^\s{]+?)\. This could mean that the "
            r"variable has been deleted"
        ),
        Pattern(r"Attempting to use uninitialized value (?P<variable>[^\s{]+)"),
        Pattern(r"Table not initialized"),
        Pattern(r"Variable (?P<variable>\S+) already exists, disallowed\. Did you mean to set"),
        Pattern(r"Variable (?P<variable>\S+) does not exist, or was not created with tf\.get_var"),
        Pattern(r"Weights for model [`'\"]?(?P<model>[\w.-]+)[`'\"]? have not yet been created"),
        Pattern(r"This model has not yet been built\. Build the model first by calling"),
        Pattern(
            r"You tried to call `?count_params`? on (?:layer )?(?P<model>\S+?),? but the "
            r"(?:layer|model) isn't built"
        ),
        Pattern(
            r"(?:The model has never been called|The layer \"?(?P<model>[\w.-]+)\"? has never been "
            r"called and thus has no defined (?:in|out)put)",
            anchors=("has never been called",),
        ),
        Pattern(r"Unable to automatically build the model\. Please build it yourself before"),
        Pattern(r"Model (?P<model>\S+) cannot be saved because the input shape is not available"),
        Pattern(r"The layer (?P<model>\S+) has never been called"),
    ),
    yields_to=(
        "checkpoint-mismatch",
        "shape-mismatch",
        "keras-tf-version-mismatch",
        "custom-op-not-symbolic",
        "dtype-mismatch",
        "oom-gpu",
        "oom-host",
    ),
    seen="The variable or model[ {variable}][ {model}] has no value yet, or not here.",
    why="A variable belongs to the graph, session and process that made it, and a model without an "
    "input shape has none until it is first called. Two packages (`keras` beside `tf.keras`), a "
    "cleared session or a second thread make variables unknown.",
    fix="Give the model an Input or call it once on a batch before its weights are used. Import "
    "everything from tensorflow.keras, do not call clear_session() while models are in use, and "
    "in code for sessions run the initializers (variables and tables) in the same session first.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Does the code import both `keras` and `tensorflow.keras`, or was it written for "
            "TensorFlow 1?",
        ),
        Candidate(
            cause=Cause.CHECKPOINT_MISMATCH,
            check="Was a checkpoint to be restored before, and did it restore this variable?",
        ),
    ),
    source="tensorflow/core/kernels/resource_variable_ops.cc",
    read=_read,
    hits=(
        "FailedPreconditionError:  Error while reading resource variable dense_2/kernel from "
        "Container: localhost. This could mean that the variable was uninitialized.\n",
        "ValueError: This model has not yet been built. Build the model first by calling `build()` "
        "or by calling the model on a batch of data.\n",
        "tensorflow.python.framework.errors_impl.FailedPreconditionError: Could not find variable "
        "conv/bias. This could mean that the variable has been deleted.\n",
    ),
    misses=(
        "   1021     raise ValueError('Weights for model ' + repr(self.name) + ' have not yet')\n",
        "WARNING:tensorflow:No training configuration found in the save file\n",
    ),
)
