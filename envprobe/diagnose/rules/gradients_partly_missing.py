"""Some variables have no gradient, and Keras goes on without training them."""

from __future__ import annotations

from envprobe.diagnose.pattern import Pattern
from envprobe.diagnose.rule import Kind, Rule
from envprobe.terms import Cause, Severity

RULE = Rule(
    code="LOG387",
    name="gradients-partly-missing",
    cause=Cause.BENIGN,
    kind=Kind.BENIGN,
    severity=Severity.WARNING,
    patterns=(Pattern(r"Gradients do not exist for variables (?P<variables>\[[^\]]{0,200})"),),
    seen="Some variables are not trained: {variables}.",
    why=(
        "The loss does not depend on them, so that they keep their values; the run goes on. In a "
        "model where a part is unused or frozen on purpose this is right."
    ),
    fix=(
        "If they should be trained, look why the loss does not use them: an output without a loss, "
        "a layer that call() does not use."
    ),
    source="keras/src/optimizers/base_optimizer.py",
    hits=(
        "WARNING:tensorflow:Gradients do not exist for variables ['pooler/kernel:0', "
        "'pooler/bias:0'] when minimizing the loss. If you're using `model.compile()`, did you "
        "forget to provide a `loss` argument?\n",
    ),
    misses=("ValueError: No gradients provided for any variable: ['a:0'].\n",),
)
