"""A TensorFlow checkpoint does not hold the variables of this model, or in other shapes."""

from __future__ import annotations

from envprobe.diagnose.evidence import Log
from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Reading, Rule
from envprobe.diagnose.sighting import Sighting
from envprobe.terms import Cause

SHAPE = r"[(\[][0-9?, None]*[)\]]"


def _read(sighting: Sighting, log: Log) -> Reading | None:
    """Some code prints the names that it leaves out, and goes on."""
    text = sighting.line.text
    harmless = text.lstrip().startswith(("WARNING", "W ", "INFO")) or " W tensorflow" in text
    if harmless and not log.has("failure"):
        return None
    return Reading()


RULE = Rule(
    code="LOG466",
    name="checkpoint-names-or-shapes",
    cause=Cause.CHECKPOINT_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"Key (?P<key>[^\s{%]+) not found in checkpoint"),
        Pattern(r"Tensor name \"(?P<key>[^\"]+)\" not found in checkpoint files (?P<file>\S+)"),
        Pattern(r"Restoring from checkpoint failed\. This is most likely due to"),
        Pattern(
            r"Assign requires shapes of both tensors to match\. lhs shape= ?(?P<expected>"
            + SHAPE
            + r") rhs shape= ?(?P<saved>"
            + SHAPE
            + ")"
        ),
        Pattern(
            r"Received incompatible tensor with shape (?P<saved>" + SHAPE + r") when attempting to "
            r"restore variable with shape (?P<expected>" + SHAPE + r")(?: and name (?P<key>\S+))?"
        ),
        Pattern(
            r"Unresolved object in checkpoint[: ](?P<key>[^{%]*)",
            before=(r"Traceback|AssertionError",),
        ),
        Pattern(r"AssertionError: Unresolved object in checkpoint"),
        Pattern(
            r"Some (?:Python )?objects (?:were|had attributes which were) not (?:bound to "
            r"checkpointed values|restored)[^{]*",
            anchors=("bound to checkpointed values", "which were not restored"),
        ),
        Pattern(
            r"AssertionError: (?:Object not assigned a value from checkpoint|No objects? "
            r"(?:was|were)|Found [0-9]+ Python objects that were not bound)",
            anchors=(
                "Object not assigned a value from checkpoint",
                "Python objects that were",
                "AssertionError: No object",
            ),
        ),
        Pattern(
            r"Nothing (?:except the root object|to load).* (?:matches|matched|was restored)",
            anchors=("Nothing except the root object",),
        ),
        Pattern(r"not an sstable \(bad magic number\)"),
        Pattern(r"You are trying to restore a checkpoint from a legacy Keras optimizer into a v2"),
        Pattern(
            r"(?:The passed save_path is not a valid checkpoint|Can't load save_path when it is "
            r"None)",
            anchors=("is not a valid checkpoint", "save_path when it is None"),
        ),
        Pattern(r"does not match the shape stored in checkpoint: ?(?P<saved>\S+)"),
        Pattern(
            r"Unsuccessful TensorSliceReader constructor: Failed to get matching files on "
            r"(?P<file>\S+?): "
        ),
        Pattern(
            r"tensor_name = (?P<key>\S+); (?:expected dtype|shape in shape_and_slice spec) "
            r"(?P<expected>\S+) does not (?:equal|match) (?:original dtype|the shape stored in "
            r"checkpoint:) ?(?P<saved>\S+)",
            anchors=("tensor_name = ",),
        ),
        Pattern(
            r"Shape of variable (?P<key>\S+) \((?P<expected>\([^)]*\))\) doesn't match with "
            r"shape of tensor (?P<saved_key>\S+) \((?P<saved>[\[(][^\])]*[\])])\) from "
            r"checkpoint"
        ),
        Pattern(
            r"Variable (?P<key>\S+) (?:is )?not (?:found )?in (?:the )?checkpoint",
            anchors=("in the checkpoint", "not in checkpoint", "found in checkpoint"),
        ),
        # The same, where the log ends within the message.
        Pattern(
            r"Received incompatible tensor with shape (?P<saved>"
            + SHAPE
            + r") when attempting to restore"
        ),
    ),
    read=_read,
    seen="The checkpoint[ {file}] does not fit the model[: {key}][ has the shape {expected}]"
    "[, saved was {saved}].",
    why="A checkpoint holds variables by name or by the path of attributes in Python. Another "
    "architecture, other scopes or names, another optimizer or number of classes, or weights of "
    "another kind of file (h5, frozen graph) do not match.",
    fix="Print what the file holds with tf.train.list_variables(path), and compare it with the "
    "model. Restore into the code that saved it, start in an empty model_dir after changes, leave "
    "out what is new (expect_partial(), an init_from_checkpoint mapping), and give the path "
    "without .index or .data.",
    candidates=(
        Candidate(
            cause=Cause.DATA_PIPELINE,
            check="Do the files of the checkpoint (.index and .data-00000-of-00001) exist, with "
            "more than zero bytes?",
        ),
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Was it saved by TensorFlow 1 or by an optimizer of before 2.11?",
        ),
    ),
    source="tensorflow/core/kernels/save_restore_tensor.cc, tensorflow/python/checkpoint",
    hits=(
        "NotFoundError (see above for traceback): Key tower_1/fc/biases not found in "
        "checkpoint\n\t "
        "[[node save/RestoreV2 (defined at eval.py:40) ]]\n",
        "ValueError: Received incompatible tensor with shape (21,) when attempting to restore "
        "variable with shape (90,) and name head/bias:0.\n",
        "DataLossError: Unable to open table file ./w.h5: Data loss: not an sstable (bad magic "
        "number): perhaps your file is in a different file format and you need to use a different "
        "restore operator?\n",
        'Traceback (most recent call last):\n  File "run.py", line 8, in <module>\n'
        "AssertionError: Unresolved object in checkpoint (root).encoder: attributes {\n",
    ),
    misses=(
        "WARNING:tensorflow:Unresolved object in checkpoint: (root).optimizer.iter\n",
        '  raise ValueError("Key %s not found in checkpoint" % key)\n',
    ),
)
