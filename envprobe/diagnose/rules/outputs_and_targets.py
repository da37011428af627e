"""Losses, metrics or targets do not pair up with the outputs of the model."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG411",
    name="outputs-and-targets",
    cause=Cause.LABEL_LOSS_MISMATCH,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"TypeError: 'NoneType' object is not iterable",
            before=(r"compile_utils\.py\"?(?:, line |:)[0-9]+, in (?:\w+\.)?build",),
        ),
        Pattern(
            r"ValueError: None values not supported\.",
            before=(r"\.fit\(", r"[/\\]backend[/\\]tensorflow[/\\]core\.py"),
        ),
        Pattern(
            r"When passing a list as (?:`?loss`?|`?target_tensors`?), it should have one entry per "
            r"model outputs?\. The model has (?P<outputs>[0-9]+) outputs"
        ),
        Pattern(
            r"When providing the `(?:loss|metrics|weighted_metrics)` argument as a "
            r"(?:list|dict),?[^{]"
            r"*(?:should have as many entries as the model has outputs|one entry per|"
            r"match the)[^{]*",
            anchors=("When providing the `",),
        ),
        Pattern(
            r"For a model with multiple outputs, when providing the `(?:loss|metrics|"
            r"weighted_metrics)` argument as a list, it should have as many entries as the model "
            r"has outputs"
        ),
        Pattern(
            r"[Tt]he two structures don't have the same (?:nested structure|number of elements)",
            after=(r"(?:y_true|y_pred|loss)",),
            anchors=("structures don't have the same",),
        ),
        Pattern(
            r"Found unexpected (?:keys|losses or metrics) that do not correspond to any Model "
            r"output: (?P<outputs>[^.{]*)"
        ),
        Pattern(
            r"In the dict argument `(?:loss|metrics)`, key '(?P<outputs>[^'{]*)' does not "
            r"correspond to any model output",
            anchors=("does not correspond to any model output",),
        ),
        Pattern(
            r"(?:Expected keys? (?:\[.*\] )?in loss passed|in the `loss` argument, can't be found "
            r"in either the model's output)",
            anchors=("in the `loss` argument, can't be found",),
        ),
        Pattern(r"Target data is missing\. Your model (?:was compiled with|has) `?loss`?=?"),
        Pattern(r"No data provided for \"(?P<outputs>[^\"{]+)\"\. Need data for each key in: "),
        Pattern(
            r"(?:No loss (?:to compute|found)\. You may have forgotten to provide|Provide "
            r"(?:a|loss) "
            r"argument `loss`)",
            anchors=("You may have forgotten to provide",),
        ),
        Pattern(r"The model cannot be (?:compiled|trained) because it has no loss to optimize"),
        Pattern(r"`y_true` and `y_pred` have different structures"),
        Pattern(r"y_true and y_pred have different structures"),
        Pattern(
            r"`?class_weight`? must contain all classes in the data\. The classes (?P<outputs>"
            r"\{[^}]*\}) exist in the data but not in `class_weight`"
        ),
        Pattern(
            r"Classification metrics can't handle a mix of (?P<labels>[a-z-]+) and (?P<outputs>"
            r"[a-z-]+) targets"
        ),
        Pattern(r"Number of classes in y_true not equal to the number of columns in 'y_score'"),
        Pattern(r"y_true contains only one label \((?P<labels>[^)]*)\)"),
    ),
    seen="The losses, metrics or targets do not pair up with the outputs of the model[: {outputs}]"
    "[ against {labels}].",
    why="Keras needs a loss and a target for every output that is trained, under the same names or "
    "in the same order.",
    fix="Print model.output_names and pass loss= and y as lists in that order, or as dicts with "
    "these names. Where fit() gets a dataset, each element must be (inputs, targets).",
    source="keras/src/trainers/compile_utils.py",
    hits=(
        "ValueError: When passing a list as loss, it should have one entry per model outputs. The "
        "model has 2 outputs, but you passed loss=['mse', 'mae', 'mse']\n",
        "ValueError: For a model with multiple outputs, when providing the `metrics` argument as a "
        "list, it should have as many entries as the model has outputs. Received:\nmetrics=['mae']"
        "\nof length 1 whereas the model has 3 outputs.\n",
        "ValueError: Target data is missing. Your model was compiled with loss=mse, and therefore "
        "expects target data to be provided in `fit()`.\n",
    ),
    misses=(
        "WARNING:tensorflow:Output dense_1 missing from loss dictionary.\n",
        "WARNING:absl:Compiled the loaded model, but the compiled metrics have yet to be built.\n",
    ),
)
