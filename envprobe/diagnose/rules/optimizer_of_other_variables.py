"""An optimizer is given variables, or a strategy scope, that it was not made for."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG461",
    name="optimizer-of-other-variables",
    cause=Cause.VARIABLE_CREATION,
    kind=Kind.FATAL,
    confidence=Confidence.LIKELY,
    patterns=(
        Pattern(
            r"The optimizer cannot recognize variable (?P<variable>[^\s{]+?)\.? This usually means"
        ),
        Pattern(r"Unknown variable: <?(?P<variable>[^\s{][^,>{]*)"),
        Pattern(
            r"This optimizer can only be called for the variables it was originally built with"
        ),
        Pattern(
            r"Trying to create optimizer slot variable under the scope for "
            r"tf\.distribute\.Strategy "
            r"\((?P<scope>.*?)\), which is different from the scope used for the original variable "
            r"\((?P<variable>.*)"
        ),
        Pattern(
            r"Variable \((?P<variable>.*)\) was not created in the distribution strategy scope of"
        ),
        Pattern(r"Mixing different tf\.distribute\.Strategy objects"),
        Pattern(r"`?apply_gradients\(\)`? cannot be called in cross-replica context"),
        Pattern(r"Cannot assign value to variable .* in (?:a )?different (?:graph|strategy)"),
        Pattern(r"need to be (?:inside|under|in) \"with strategy\.scope\(\)\" for"),
        Pattern(
            r"(?:Need to be|must be) inside \"with strategy\.scope\(\)\" for",
            anchors=('inside "with strategy.scope()"',),
        ),
    ),
    seen="The optimizer or the strategy does not know the variable[ {variable}].",
    why="An optimizer makes its own state for the variables that it sees first, in the strategy "
    "scope in which it is used; for variables that come later, or that were made outside of the "
    "scope, it has none.",
    fix="Make model and optimizer both inside of strategy.scope(). Call "
    "optimizer.build(model.trainable_variables) with all variables before training, compile again "
    "after layers were added or unfrozen, and give each part of a model its own optimizer.",
    candidates=(
        Candidate(
            cause=Cause.KERAS_TF_VERSION_MISMATCH,
            check="Did it work before TensorFlow 2.11? Then tf.keras.optimizers.legacy has the old "
            "behaviour.",
        ),
    ),
    source="keras/src/optimizers/base_optimizer.py",
    hits=(
        "KeyError: 'The optimizer cannot recognize variable dense_4/kernel:0. This usually means "
        "you are trying to call the optimizer to update different parts of the model "
        "separately.'\n",
        "ValueError: Unknown variable: <Variable path=critic/dense/kernel, shape=(4, 8), "
        "dtype=float32, value=[[0.1]]>. This optimizer can only be called for the variables it was "
        "originally built with.\n",
        "ValueError: Trying to create optimizer slot variable under the scope for "
        "tf.distribute.Strategy (<DefaultDistributionStrategy object at 0x7f2>), which is "
        "different "
        "from the scope used for the original variable (MirroredVariable:{0: <v>}).\n",
    ),
    misses=(
        "WARNING:tensorflow:Gradients do not exist for variables ['head/kernel:0'] when minimizing "
        "the loss.\n",
    ),
)
