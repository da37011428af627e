"""CHK607: float16 gradients without loss scaling."""

from __future__ import annotations

from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_HALF = ("float16", "mixed_float16")
# Optimizers that divide by a mean of squared gradients.
_DIVIDING = ("Adam", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Lamb", "Adafactor")


def half_without_scaling(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning for layers that compute in float16 while nothing scales the loss."""
    policies = [name for name in _HALF if name in (*oplist.policies, oplist.precision)]
    scaled = "LossScale" in (oplist.optimizer or "")
    if oplist.mode != "train" or not policies or scaled or oplist.optimizer is None:
        return ()
    pure = "float16" in policies
    divides = any(name in oplist.optimizer for name in _DIVIDING)
    return (
        CheckFinding(
            code="CHK607",
            cause=Cause.NAN_INF,
            severity=Severity.WARNING,
            dtype="float16",
            seen=f"Layers of policy {policies[0]} are trained by {oplist.optimizer} without loss "
            "scaling.",
            why=_SQUARES if pure and divides else _SMALL,
            fix='Use --precision mixed_float16 (keras.config.set_dtype_policy("mixed_float16")), '
            "which keeps the variables in float32 and scales the loss."
            if pure
            else "Wrap the optimizer: keras.optimizers.LossScaleOptimizer(optimizer).",
        ),
    )


_SMALL = (
    "The smallest number of float16 is 6e-8: smaller gradients become 0 and the weights stop "
    "moving, without a message."
)
# One epoch of a small classifier ends at a loss of 14 in float16, at 2 in float32 (Adam).
_SQUARES = (
    "Variables and gradients are float16, whose smallest number is 6e-8. The square of a small "
    "gradient, which this optimizer divides by, becomes 0: its steps grow without bound, and the "
    "loss rises or becomes NaN."
)
