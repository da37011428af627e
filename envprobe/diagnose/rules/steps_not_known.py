"""Nobody knows how many steps an epoch has: the data never ends, or no number was found."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG521",
    name="steps-not-known",
    cause=Cause.DATA_PIPELINE,
    kind=Kind.SYMPTOM,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(r"When providing an infinite dataset, you must specify the number of steps to run"),
        Pattern(
            r"When passing an infinitely repeating (?:dataset|tf\.data\.Dataset), (?:please|you "
            r"must) "
            r"specify"
        ),
        Pattern(r"`steps_per_epoch=None` is only valid for a generator based on"),
        Pattern(r"TypeError: The dataset is infinite"),
        Pattern(r"TypeError: The dataset length is unknown"),
        Pattern(r"If your data is in the form of symbolic tensors, you should specify the `steps"),
        Pattern(
            r"When using (?:data tensors|iterators|tf\.data)[^{]*(?:you should specify|please "
            r"specify)"
            r"[^{]*steps",
            anchors=("you should specify", "please specify"),
        ),
        Pattern(
            r"unsupported operand type\(s\) for [*/+-]+=?: '(?:int|NoneType|float)' and "
            r"'(?:NoneType|int|"
            r"float)'",
            before=(
                r"(?:training_v2|run_one_epoch|steps_per_epoch|data_adapter|"
                r"training_generator|training_arrays)",
            ),
            anchors=("unsupported operand type(s) for ",),
        ),
        Pattern(
            r"'>' not supported between instances of 'NoneType' and 'int'",
            before=(r"(?:steps|data_adapter|training)",),
        ),
        Pattern(
            r"`?steps_per_epoch`? (?:must be|should be) (?:a positive|greater than|an integer)",
            anchors=("steps_per_epoch",),
        ),
        Pattern(
            r"`?validation_steps`? (?:is required|should be specified)",
            anchors=("validation_steps",),
        ),
    ),
    yields_to=("data-pipeline",),
    seen="The number of steps of an epoch is not known.",
    why="A dataset that is repeated has no end, and a generator has no length, so Keras cannot "
    "know "
    "when an epoch is over. An empty first pass leaves the number unset as well.",
    fix="Pass steps_per_epoch= (and validation_steps=), or leave .repeat() out. Check that the "
    "dataset gives at least one batch.",
    source="keras/src/trainers/epoch_iterator.py",
    hits=(
        "ValueError: When passing an infinitely repeating dataset, please specify a "
        "`steps_per_epoch` "
        "value so that epoch level callbacks continue to work.\n",
        "ValueError: `steps_per_epoch=None` is only valid for a generator based on the "
        "`keras.utils.Sequence` class. Please specify `steps_per_epoch`\n",
    ),
    misses=("TypeError: unsupported operand type(s) for +: 'int' and 'str'\n",),
)
