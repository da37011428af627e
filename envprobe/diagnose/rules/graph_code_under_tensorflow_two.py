"""Code written for TensorFlow 1's graphs and sessions runs under TensorFlow 2."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern, compiled
from envprobe.diagnose.rule import Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause


def read(sighting: Sighting, log: Log) -> Reading | None:  # noqa: ARG001 - as all rules
    """TensorFlow's own notes and warnings use the same words and go on."""
    noted = compiled(r"INFO:|WARNING:|Warning: ").search(sighting.line.text)
    return None if noted else Reading()


RULE = Rule(
    code="LOG634",
    name="graph-code-under-tensorflow-two",
    cause=Cause.KERAS_TF_VERSION_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"(?P<name>tf\.[\w.]+)(?:\(\))? is not compatible with eager execution"),
        Pattern(
            r"(?P<name>[\w.`/ ]{2,60}?)(?: is| are)? not (?:compatible|supported) "
            r"(?:with|when|in"
            r") (?:eager|Eager) (?:execution|mode)",
            anchors=(
                "with eager execution",
                "when eager execution",
                "in eager mode",
                "when Eager",
                "with Eager",
                "in Eager mode",
                "in eager execution",
                "with eager mode",
            ),
        ),
        Pattern(r"The Session graph is empty\. +Add operations to the graph"),
        Pattern(r"(?P<name>tf\.gradients) is not supported when eager execution is enabled"),
        Pattern(
            r"Tensor\.(?P<name>graph|op|name|device|consumers|\w+) is (?:undefined|meaningless|"
            r"not supported) when eager execution is enabled"
        ),
        Pattern(
            r"`(?P<name>loss)` passed to Optimizer\.compute_gradients should be a function "
            r"when"
        ),
        Pattern(r"(?P<name>tf\.enable_eager_execution) must be called at program startup"),
        Pattern(r"(?P<name>get_session)`? is not available when using TensorFlow 2"),
        Pattern(r"`(?P<name>(?:tf\.)?compat\.v1\.[\w.]+)` .*(?:not supported|only).* eager"),
        Pattern(r"Exporting/importing (?P<name>meta graphs) is not supported when eager"),
        Pattern(r"(?P<name>__iter__)\(\) is only supported inside of tf\.function or when eager"),
        Pattern(r"(?P<name>Input pipelines based on Queues) are not supported when eager"),
        Pattern(
            r"'(?P<name>AutoTrackable|_UserObject|RestoredSignature)' object is not callable",
            anchors=("object is not callable",),
        ),
        Pattern(
            r"object has no attribute '(?P<name>make_one_shot_iterator|output_types|"
            r"make_initializable_iterator|output_shapes|output_classes)'",
            before=(r"Dataset|dataset|tensorflow|tf\.",),
        ),
        Pattern(r"Cannot (?:use|get) session inside Tensorflow graph function"),
        Pattern(
            r"(?P<name>global_step) is required for Estimator",
        ),
    ),
    read=read,
    seen="TensorFlow 1's way of working is used under TensorFlow 2[: {name}].",
    why="TensorFlow 2 computes at once (eagerly). Sessions, placeholders, collections and "
    "one-shot iterators need a graph, which is no longer made by itself.",
    fix="For old code write import tensorflow.compat.v1 as tf and tf.disable_v2_behavior() as "
    "the first lines, or build inside with tf.Graph().as_default(). New code uses tf.function, "
    "tf.GradientTape and iterates over the dataset. A hub module of TensorFlow 1 is called by "
    "module.signatures['default'].",
    source="tensorflow/python/framework/ops.py",
    hits=(
        "RuntimeError: tf.placeholder() is not compatible with eager execution.\n",
        "RuntimeError: The Session graph is empty.  Add operations to the graph before calling "
        "run().\n",
        "RuntimeError: tf.gradients is not supported when eager execution is enabled. Use "
        "tf.GradientTape instead.\n",
    ),
    misses=(
        "Eager execution: True\n",
        "WARNING: eager mode is slow\n",
        "INFO:tensorflow:Initializing local devices since in-graph multi-worker training with "
        "`MirroredStrategy` is not supported in eager mode.\n",
    ),
)
