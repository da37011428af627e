"""Keras warns of something that does not stop the run."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG827",
    name="keras-note",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.INFO,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"Type inference failed\. This indicates an invalid graph that escaped"),
        Pattern(r"Sets are not currently considered sequences"),
        Pattern(r"compiletime version \S+ of module '[\w.]+' does not match runtime version"),
        Pattern(r"Object was never used \(type <class"),
        Pattern(r"Falling back to TensorFlow client; we recommended you install the Cloud TPU"),
        Pattern(r"Your `\w+` class should call `super\(\)\.__init__\(\*\*kwargs\)`"),
        Pattern(r"eagerly has significant overhead currently"),
        Pattern(r"received a value for `sample_weight`, but `weighted_metrics` were not provided"),
        Pattern(r"`build\(\)` was called on layer '[^']+', however the layer does not have a"),
        Pattern(r"Using a while_loop for converting \w+"),
        Pattern(r"attempts to get a Google authentication bearer token failed"),
        Pattern(r"The given value for groups will be overwritten"),
        Pattern(
            r"INFO:tensorflow:(?:Restoring parameters from|Graph was finalized|Running local_init)"
        ),
        Pattern(r"Unable to detect statically whether the number of index_dims"),
        Pattern(r"Skipping full serialization of Keras layer"),
        Pattern(r"Converting sparse (?:`?tf\.)?IndexedSlices`?(?:\([^)]*\))? to a dense Tensor"),
        Pattern(r"is slow compared to the batch time"),
        Pattern(r"multiprocessing can interact badly with TensorFlow"),
        Pattern(r"will not use cu[Dd][Nn][Nn] kernels? since it doesn't meet"),
        Pattern(r"Found untraced functions such as"),
        Pattern(r"contains input name\(s\) .* with unsupported characters"),
        Pattern(r"INFO:tensorflow:Assets written to: "),
        Pattern(r"Large dropout rate: "),
        Pattern(r"is casting an input tensor from dtype"),
        Pattern(r"Model failed to serialize as JSON\. Ignoring"),
        Pattern(r"Model was constructed with shape .* (?:for input|but it was called)"),
        Pattern(r"The structure of `inputs` doesn't match the expected structure"),
        Pattern(r"The dtype of the (?:source|target|watched) tensor must be floating"),
        Pattern(r"Using temporary folder as model directory"),
        Pattern(r"INFO:tensorflow:Using (?:config|default config)"),
        Pattern(r"Can save best model only with \S+ available"),
        Pattern(
            r"(?:Early stopping|Learning rate reduction|ReduceLROnPlateau) (?:is )?conditioned on "
            r"metric",
            anchors=("conditioned on metric",),
        ),
        Pattern(r"does not support masking, but was passed an input_mask"),
        Pattern(r"You are using a softmax over axis"),
        Pattern(r"In loss '\w+', expected y_pred.shape"),
        Pattern(r"Trainable weights and collected trainable weights"),
        Pattern(r"The model does not have any trainable weights"),
        Pattern(r"Unable to find an optimizer state"),
    ),
    seen="Keras notes something that does not stop the run.",
    why="A hint on speed, names, saving or metrics. It is worth reading where the results "
    "surprise.",
    fix="Nothing to do.",
    source="keras/src/trainers/trainer.py",
    hits=(
        "WARNING:tensorflow:Callback method `on_train_batch_end` is slow compared to the batch "
        "time (batch time: 0.0021s vs `on_train_batch_end` time: 0.0102s). Check your callbacks.\n",
    ),
    misses=("ValueError: Input 0 of layer dense is incompatible with the layer\n",),
)
