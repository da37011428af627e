"""A checkpoint was read in part only: prediction does not need the optimizer's state."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG479",
    name="unrestored-values-noise",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"WARNING.*Unresolved object in checkpoint"),
        Pattern(
            r"WARNING.*Value in checkpoint could not be found in the restored object: "
            r"(?P<key>\S+)"
        ),
        Pattern(
            r"Detecting that an object or model or tf\.train\.Checkpoint is being deleted with "
            r"unrestored values"
        ),
        Pattern(r"A checkpoint was restored \(e\.g\. tf\.train\.Checkpoint\.restore or tf\.keras"),
        Pattern(
            r"Skipping (?:variable loading|loading (?:of )?weights) for (?:optimizer|layer)",
            anchors=("Skipping variable loading", "Skipping loading "),
        ),
        Pattern(
            r"Some (?:layers|weights) (?:from|of) the (?:model|PyTorch model)[^{]* were not "
            r"(?:used when|initialized from)",
            anchors=("Some layers from the ", "Some weights of"),
        ),
        Pattern(r"Exception ignored in: .*_CheckpointRestoreCoordinatorDeleter"),
        Pattern(r"No training configuration found in (?:the )?save file"),
        Pattern(r"the compiled metrics have yet to be built"),
    ),
    seen="A part of the saved values was not restored[: {key}].",
    why="TensorFlow warns when values of a checkpoint find no variable. The optimizer's state is "
    "usually meant, which only matters where training is to be resumed.",
    fix="Nothing to do for prediction; call expect_partial() on the result of restore() to silence "
    "it. Where training is to go on, make the optimizer before the checkpoint is restored.",
    source="tensorflow/python/checkpoint/checkpoint.py",
    hits=(
        "WARNING:tensorflow:Unresolved object in checkpoint: (root).optimizer.learning_rate\n"
        "WARNING:tensorflow:A checkpoint was restored (e.g. tf.train.Checkpoint.restore or "
        "tf.keras.Model.load_weights) but not all checkpointed values were used.\n",
    ),
    misses=("AssertionError: Unresolved object in checkpoint (root).decoder: attributes {\n",),
)
