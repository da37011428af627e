"""What XLA says of the compiled parts of a step, asked without running any of it."""

from __future__ import annotations

import contextlib
from typing import Any

from .compiled_calls import CompiledCall, compiled_calls
from .compiler_question import asked
from .scopes import Scopes
from .xla_refusal import Refusal, operation_of

Answer = dict[str, Any]
_EMPTY = ("error_type", "message", "op", "node", "layer", "file", "line", "unknown")
_FED = "_Arg"  # what XLA calls an input, which it refuses for its dtype: the op takes that too
_MOST_CALLS = 200  # a model whose every convolution is compiled alone has about as many


def lowered(
    tf: Any, concrete: Any, model: Any, lines: Any, *, compiled: bool, batch: int | None = None
) -> Answer | None:
    """XLA's answer to compiling the step, or its parts, for the CPU; None where none is compiled.

    What it refuses decides; where it refuses nothing and one part could not be asked, that does.
    `batch` is the size of the batch where the step leaves it open.
    """
    calls = compiled_calls(concrete, whole=compiled)
    if not calls:
        return None
    unknown = None
    for call in calls[:_MOST_CALLS]:
        answer = asked(tf, call, batch)
        if isinstance(answer, Refusal):
            return _placed(answer, call, Scopes(model), lines)
        unknown = unknown or answer
    return {**dict.fromkeys(_EMPTY), "unknown": unknown}


def _placed(refusal: Refusal, call: CompiledCall, scopes: Scopes, lines: Any) -> Answer:
    """The refusal with the layer and the line of the node that it names."""
    operation, calls = operation_of(call.graph, refusal)
    if refusal.op == _FED and operation is not None:
        operation = next(iter(operation.outputs[0].consumers()), operation)
    names = (refusal.node or "", *reversed(calls), call.node)
    layer = next(filter(None, (scopes.of(name)[1] for name in names)), None)
    line = _line(operation, scopes.layers.get(layer or ""), lines) if lines else None
    return {
        **dict.fromkeys(_EMPTY),
        "error_type": "InvalidArgumentError",  # as which a run raises each of them
        "message": refusal.message,
        "op": getattr(operation, "type", None) or refusal.op,
        "node": getattr(operation, "name", None) or refusal.node,
        "layer": layer,
        "file": line[0] if line else None,
        "line": line[1] if line else None,
    }


def _line(operation: Any, layer: Any, lines: Any) -> Any:
    """The user's line that made the node, or the layer where Keras' own code made it."""
    line = None
    with contextlib.suppress(AttributeError, TypeError):
        line = lines.innermost_of(operation.traceback)
    if layer is not None and (line is None or line[2] in ("train_step", "predict_step")):
        line = lines.created_at(layer) or line
    return line
