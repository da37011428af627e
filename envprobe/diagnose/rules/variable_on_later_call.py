"""Variables are made inside of a function that is traced more than once."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Confidence, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG460",
    name="variable-on-later-call",
    cause=Cause.VARIABLE_CREATION,
    kind=Kind.FATAL,
    confidence=Confidence.CERTAIN,
    patterns=(
        Pattern(r"function-decorated function tried to create"),
        Pattern(r"only supports singleton tf\.Variables"),
        Pattern(r"Creating variables on a non-first call"),
        Pattern(r"Tensor-typed variable initializers must either be wrapped in an init_scope"),
        Pattern(
            r"Initializer for variable (?P<variable>[^\s{]+) is from inside a control-flow "
            r"construct"
        ),
        Pattern(
            r"[Cc]reating variables (?:inside|within|in) (?:a )?(?:tf\.)?(?:data|Dataset|"
            r"while_loop|cond)",
            anchors=("reating variables in", "reating variables within"),
        ),
        Pattern(
            r"You cannot add new elements of state \(variables or sub-layers\) to a layer that "
            r"is already built"
        ),
        Pattern(
            r"[Cc]annot (?:create|initialize) (?:a )?[vV]ariables? in(?:side)? (?:a )?"
            r"(?:stateless scope|a tf\.function)",
            anchors=("stateless scope", "annot create"),
        ),
        Pattern(
            r"You are attempting to (?:create|initialize) a variable while in a stateless scope"
        ),
        Pattern(r"Cannot set `iterations` to a new Variable after the Optimizer weights have been"),
        Pattern(r"The following Variables were created within a Lambda layer"),
        Pattern(
            r"Variables? .*(?:created|was created) inside (?:a )?`?tf\.function`?",
            anchors=("created inside ",),
        ),
    ),
    seen="A variable[ ({variable})] is made inside of a traced function, after its first call.",
    why="A tf.function is traced again for new kinds of arguments and runs as a graph; a variable "
    "in it would be made anew each time. Layers, optimizers (with their slots), metrics and "
    "K.variable() all make variables, also when one function gets a second optimizer or model.",
    fix="Make layers, metrics, variables and the optimizer once, outside: in __init__ or build, "
    "and "
    "only use them in call() or the step. Give each model and optimizer a tf.function of its own, "
    "and in a loss use tf.constant instead of K.variable.",
    source="tensorflow/python/eager/polymorphic_function/polymorphic_function.py",
    hits=(
        "    ValueError: tf.function only supports singleton tf.Variables created on the first "
        "call. Make sure the tf.Variable is only created once or created outside tf.function.\n",
        "ValueError: tf.function-decorated function tried to create variables on non-first call.\n",
        "ValueError: tf.function-decorated function tried to create variables on non-",
        "ValueError: You cannot add new elements of state (variables or sub-layers) to a layer "
        "that "
        "is already built. All state must be created in the `__init__()` method\n",
    ),
    misses=(
        "WARNING:tensorflow:5 out of the last 5 calls to <function f> triggered tf.function "
        "retracing.\n",
        "ValueError: Variable conv1/weights already exists, disallowed. Did you mean to set "
        "reuse=True or reuse=tf.AUTO_REUSE in VarScope?\n",
    ),
)
