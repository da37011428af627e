"""variable-creation: variables, layers or optimizer state are made inside of the step."""

from __future__ import annotations

import re

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure
from envprobe.terms import Cause

CODE = "CHK106"
_IN_FUNCTION = re.compile(
    r"singleton tf\.Variables?|create variables on (?:a )?non-first call"
    r"|Tensor-typed variable initializers|variable .*created inside (?:a )?(?:tf\.)?function"
    r"|stateless scope|Cannot (?:create|initialize) (?:a )?variable"
)
_IN_LAYER = re.compile(
    r"add new elements of state|All state must be created in|already built.* cannot (?:add|create)"
    r"|Seed generators? (?:must|should) be"
)
_UNKNOWN = re.compile(
    r"Unknown variable: <?(?:\w+ )?(?:path=)?([\w/.:-]*)"
    r"|optimizer cannot recognize variable ([\w/.:-]*)"
)
_NOT_BUILT = re.compile(
    r"has not (?:yet )?been built|have not (?:yet )?been created|cannot be accessed before|"
    r"was never built|isn't built|is not built"
)


def explained(failure: TraceFailure, reason: str) -> Explained | None:
    """What is made too late and where to make it, or None for a failure of another kind."""
    unknown = _UNKNOWN.search(reason)
    if unknown:
        return _of_other_variables(failure, unknown.group(1) or unknown.group(2) or "one")
    if _IN_LAYER.search(reason):
        return _told(
            "Keras closes a layer when it is built: call() runs at every trace, and what it makes "
            "would be made again and again.",
            "Make variables and sub-layers in __init__() or build(), and only use them in call().",
        )
    if _IN_FUNCTION.search(reason):
        return _in_function(failure)
    if _NOT_BUILT.search(reason):
        return _told(
            "The step uses variables that do not exist yet.",
            "Call the model once, or model.build(...), before its variables are used.",
        )
    return None


def _in_function(failure: TraceFailure) -> Explained:
    why = (
        "The step is traced as a graph that runs many times; a variable made in it would be made "
        "at every trace, and TensorFlow refuses that."
    )
    if failure.part in ("optimizer", "metric"):
        made = f"{failure.part} {failure.part_name!r}" if failure.part_name else failure.part
        return _told(
            why,
            f"Make the {failure.part} once, in __init__() or compile(), and use it in the step.",
            named=f"{failure.function or 'The step'}() makes {made}",
        )
    if failure.layer_path:
        return _told(why, "Make it in the __init__() or build() of what uses it, not in call().")
    function = f"{failure.function}() makes a variable" if failure.function else None
    return _told(why, "Make it once, outside of the traced function.", named=function)


def _of_other_variables(failure: TraceFailure, variable: str) -> Explained:
    name = f" {failure.part_name!r}" if failure.part_name else ""
    return _told(
        f"The optimizer{name} made its state for the variables that it saw first; {variable} was "
        "not among them, and new state cannot be made inside of the step.",
        "Call optimizer.build(model.trainable_variables) with all of them before training, or give "
        "each part of the model an optimizer of its own.",
        named=f"Optimizer{name}",
    )


def _told(why: str, fix: str, named: str | None = None) -> Explained:
    return Explained(code=CODE, cause=Cause.VARIABLE_CREATION, why=why, fix=fix, named=named)
