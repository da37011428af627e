"""CHK604: variables that the loss does not depend on."""

from __future__ import annotations

import re

from envprobe.check.result import CheckFinding
from envprobe.models.oplist import OpList
from envprobe.terms import Cause, Severity

_TOLD = re.compile(r"Gradients do not exist for variables (.*)")
_NAME = re.compile(r"'([^']+)'")
_MOST = 4


def untouched_variables(oplist: OpList) -> tuple[CheckFinding, ...]:
    """One warning, with the layers of the variables that Keras names."""
    told = [found.group(1) for one in oplist.warnings if (found := _TOLD.search(one))]
    names = tuple(dict.fromkeys(name for one in told for name in _NAME.findall(one)))
    if not names:
        return ()
    layers = tuple(dict.fromkeys(map(_layer, names)))
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return (
        CheckFinding(
            code="CHK604",
            cause=Cause.NO_GRADIENT,
            severity=Severity.WARNING,
            layer=layers[0],
            seen=f"No gradient reaches {', '.join(map(repr, names[:_MOST]))}{more}.",
            why=(
                f"The loss does not depend on {_listed(layers)}, or an op on the way, such as "
                "argmax or a cast to whole numbers, lets no gradient through. These weights stay "
                "as they were made."
            ),
            fix=(
                "Use the layer's output in the loss, replace the op that stops the gradient, or "
                "set trainable = False if this is meant."
            ),
        ),
    )


def _layer(variable: str) -> str:
    """The layer in a variable's path: `dense` of `model/dense/kernel`."""
    parts = variable.partition(":")[0].split("/")
    return parts[-2] if len(parts) > 1 else parts[0]


def _listed(layers: tuple[str, ...]) -> str:
    word = "layer" if len(layers) == 1 else "layers"
    return f"{word} {', '.join(map(repr, layers[:_MOST]))}"
