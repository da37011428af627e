"""label-loss-mismatch: a loss, a target or a name is missing, or there are too many."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK102"
_NO_LOSS = re.compile(
    r"No loss to compute|must be compiled with a loss|Provide a `loss`|No loss found"
    r"|does not have a loss"
)
_NAMES = re.compile(
    r"in the `loss` argument, can't be found|Expected keys .* in loss dict|loss dict"
    r"|different structures|The two structures don't have the same"
    r"|number of (?:non-None )?values in `(?:y_true|loss)`"
    r"|must match the number of losses|does not correspond to any model output"
    r"|`?(?:metrics|weighted_metrics|loss|loss_weights)`? .*(?:should (?:contain|have)"
    r"|match(?:ing)? the output|have (?:one|as many) entr)"
    r"|Invalid `(?:metrics|weighted_metrics)`|Unknown entries in (?:loss|metrics?) dict"
)
# A loss that was handed the whole dict of targets, for want of a target of its output's name.
_WHOLE_DICT = re.compile(r"got .* of type '(?:str|dict|list|tuple)'")
_UNKNOWN_NAME = re.compile(
    r"Could not interpret (?:loss|metric)\w*(?: function)? identifier|Unknown (?:loss|metric)"
)
_NO_TARGET = re.compile(r"[Tt]arget data is missing|expects target data")
_MISSING = re.compile(r"None values not supported|value \(None\)|'NoneType'|got None")
_UNPACK = re.compile(r"(?:not enough|too many) values to unpack|[Ii]terating over a symbolic")
_NOT_A_FUNCTION = "'str' object is not callable"  # Keras 2 of a name that it does not know
# 'x, y = data', and not sizes of a shape.
_TAKES_BATCH_APART = re.compile(r"^[\w\s,()*]+,[\w\s,()*]*=\s*\w+(?:\[[^\]]*\])?$")
_STEPS = ("train_step", "test_step")


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What is missing or misnamed, or None for a failure of another kind."""
    compares = failure.part in ("loss", "metric")
    if _NO_LOSS.search(reason):
        return _no_loss()
    if _UNKNOWN_NAME.search(reason) or (compares and reason == _NOT_A_FUNCTION):
        return _told(
            "Keras has no loss or metric of this name.",
            "Use a name from keras.losses or keras.metrics, or pass the function itself.",
        )
    if failure.function in _STEPS and _UNPACK.search(reason):
        return _batch_parts(failure, reason)
    named = _NAMES.search(reason) or (compares and _WHOLE_DICT.search(reason))
    if named and not failure.layer_path:
        return _names(failure)
    # With a target both sides have a shape.
    missing = compares and len(failure.part_inputs) < 2 and _MISSING.search(reason)
    return _no_target() if missing or _NO_TARGET.search(reason) else None


def _no_loss() -> Explained:
    return _told(
        "Without a loss there is nothing to train for: compile() was given none, and no layer "
        "adds one.",
        "Give compile() a loss, as model.compile(optimizer='adam', loss='mse').",
        named="compile(), without a loss",
    )


def _no_target() -> Explained:
    return _told(
        "The loss compares the prediction with a target, and the batch has none.",
        "Give targets (--target, or y in fit()), or train without them: a loss by add_loss() or "
        "a train_step() of the model's own.",
    )


def _names(failure: TraceFailure) -> Explained:
    outputs, targets = ", ".join(failure.output_names), ", ".join(failure.target_names)
    gives = f" The model gives {outputs}" if outputs else ""
    told = f"{gives}, the targets are {targets}." if gives and targets else gives and f"{gives}."
    return _told(
        "Losses, metrics and targets are matched to the model's outputs by name or by order; here "
        f"they do not match.{told}",
        "Use the names of the model's outputs as keys (model.output_names) in loss, metrics and "
        "targets alike, one for each output.",
        named="compile(): loss, metrics and targets" + (f" {targets}" if targets else ""),
    )


def _batch_parts(failure: TraceFailure, reason: str) -> Explained | None:
    if not _TAKES_BATCH_APART.search(failure.line_text or ""):
        return None
    how = "use keras.utils.unpack_x_y_sample_weight(data), which takes all forms."
    fix = f"U{how[1:]}" if "too many" in reason else f"Give the targets of the step, or {how}"
    return _told(
        "The step unpacks its batch into another number of parts (inputs, targets, sample "
        "weights) than it is given.",
        fix,
        named="train_step()",
    )


def _told(why: str, fix: str, named: str | None = None) -> Explained:
    return Explained(code=CODE, cause=Cause.LABEL_LOSS_MISMATCH, why=why, fix=fix, named=named)
