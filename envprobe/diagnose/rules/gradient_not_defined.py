"""An op between the loss and the variables has no gradient."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Candidate, Kind, Rule
from envprobe.terms import Cause

RULE = Rule(
    code="LOG385",
    name="gradient-not-defined",
    cause=Cause.NO_GRADIENT,
    kind=Kind.FATAL,
    patterns=(
        Pattern(r"No gradient defined for operation ?'(?P<node>[^']+)' \(op type: (?P<op>\w+)\)"),
        Pattern(r"gradient registry has no entry for: (?P<op>\w+)"),
        Pattern(r"No gradient defined for op: (?P<op>\w+)"),
        Pattern(r"Gradient explicitly disabled\. Reason: (?P<reason>.{3,120})"),
        Pattern(
            r"[Gg]radient for (?P<op>\w+) is not (?:implemented|defined|supported)",
            anchors=("radient for ",),
        ),
        Pattern(r"(?P<op>\w+) gradient (?:is )?not implemented", anchors=("not implemented",)),
        Pattern(r"Can't take gradient of (?P<op>\w+)"),
        Pattern(r"(?P<op>\w+) gradient for complex is not supported yet"),
        Pattern(r"Second-order gradient for while loops not supported"),
        Pattern(r"Second-order gradients? (?:is|are) not supported"),
    ),
    seen="An op between the loss and the weights has no gradient[: {op}][ (node {node})].",
    why=(
        "Training needs the derivative of each op on the way from the loss to the weights, and "
        "this one has none: the model can predict, but not train."
    ),
    fix=(
        "Replace the op on the way to the loss, move it in front of the first trained layer (into "
        "the data pipeline), or give it a gradient with @tf.custom_gradient. If it may count as a "
        "constant: tf.stop_gradient(x)."
    ),
    candidates=(
        Candidate(
            cause=Cause.CUSTOM_OP_NOT_REGISTERED,
            check="If the op is of a library: its Python module registers the gradient, import it.",
        ),
    ),
    source="tensorflow/python/ops/gradients_util.py",
    hits=(
        "LookupError: No gradient defined for operation'Unique' (op type: Unique). In general "
        "every "
        "operation must have an associated `@tf.RegisterGradient` for correct autodiff, which this "
        "op is lacking.\n",
        "LookupError: gradient registry has no entry for: NonMaxSuppressionV5\n",
    ),
    misses=(
        "WARNING:tensorflow:Gradients do not exist for variables ['d/kernel:0'] when minimizing "
        "the "
        "loss.\n",
    ),
)
