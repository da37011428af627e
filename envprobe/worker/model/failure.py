"""What became of a model that could not be traced: stage, error, layer, op and the user's line."""

from __future__ import annotations

import linecache
import re
from typing import Any

from . import blame
from .lines import Line, UserLines
from .losses import loss_name
from .scopes import Scopes

Answer = dict[str, Any]
_MOST_CHARACTERS = 6000
_MOST_OF_LINE = 120
_BOLD = re.compile(r"\x1b\[[0-9;]*m")
# '{{node NAME}} = Op[T=DT_FLOAT, …](…)', as TensorFlow ends a message about a node.
_NODE = re.compile(r"\{\{node ([^}]+)\}\}(?: = (\w+)\[)?")
_DETECTED = re.compile(r"Detected at node (\S+) defined at")
_NO_GRADIENT = re.compile(r"gradient registry has no entry for: (\w+)")
_OP_NAMED = re.compile(
    r"\[Op:(\w+)\]|for Op (\w+)|Input '\w+' of '(\w+)' Op|for '[^']*' \(op: '(\w+)'\)"
)
_USER_CODE = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


# Python's own functions inside of a user's one.
_UNNAMED = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")
# Decorators of TensorFlow and Keras around the functions that users call.
_WRAPPERS = ("error_handler", "op_dispatch_handler", "wrapper", "__call__", "wrapped_fn")


class RefusedError(Exception):
    """The question cannot be carried out as asked; the text says what to do instead."""


def failure_of(error: BaseException, stage: str, lines: UserLines) -> Answer:
    """The error as the answer's `failure`: plain values only."""
    frames = [frame for one in reversed(_chain(error)) for frame in _frames(one)]
    text = _BOLD.sub("", str(error)).strip()
    layers, model = blame.layers_called(frames)
    scopes = Scopes(model)
    work = _part(frames, layers)
    node, op = _node(error, text)
    forward = blame.gradient_of(frames)
    stops = blame.stops(frames, scopes) if "No gradients provided" in text else []
    told = [forward.node if forward else None, *(stop["node"] for stop in stops), node]
    scope = scopes.of(next(filter(None, told), ""))[1]
    layer = scopes.layers.get(scope) if scope and not layers else (layers or [model])[-1]
    if "No gradients provided" in text and not stops:
        # Every node lets gradients through: the loss does not look at what the model gives.
        work = {"part": "loss", "part_name": loss_name(model), "part_inputs": []}
    if work["part"] in ("loss", "metric") and layer is model:
        layer = blame.output_layer(model) or model
    outputs, targets = blame.names_compared(frames, model)
    return {
        "stage": stage,
        "error_type": type(error).__name__,
        "message": text[:_MOST_CHARACTERS] or type(error).__name__,
        "refused": isinstance(error, RefusedError),
        "op": op or blame.op_being_made(frames) or (forward and forward.op),
        "node": node or (forward and forward.node),
        "gradient_of": forward and forward.op,
        "layer": getattr(layer, "name", None) or scope,
        "layer_class": None if layer is None else type(layer).__name__,
        "layer_path": [one.name for one in layers],
        "layer_inputs": blame.described_inputs(frames, layer),
        **work,
        "part": work["part"] or ("gradient" if forward else None),
        "output_names": outputs,
        "target_names": targets,
        "stops": stops,
        "called": _called(frames, lines),
        **_place(text, frames, layer, lines, inside=layer is not model),
    }


def _part(frames: list[Any], layers: list[Any]) -> Answer:
    """The loss, metric or optimizer that was at work, and what it was given."""
    part, holder = blame.part_at_work(frames)
    if part is None and not layers:
        name, frame = blame.loss_function_at_work(frames)
        if name is not None:
            inputs = blame.described_operands(frame)
            return {"part": "loss", "part_name": name, "part_inputs": inputs}
    name, inputs = getattr(holder, "name", None), blame.described_inputs(frames, holder)
    return {"part": part, "part_name": name, "part_inputs": inputs}


def _place(text: str, frames: list[Any], layer: Any, lines: UserLines, *, inside: bool) -> Answer:
    line = _told_line(text, lines) or _line(frames, lines)
    # A step of the user's own is only the way to the layer that it calls.
    if line is None or (inside and line[2] in ("train_step", "predict_step")):
        line = (lines.created_at(layer) if layer is not None else None) or line
    file, number, function = line or (None, None, None)
    return {"file": file, "line": number, "function": function, "line_text": _text(line)}


def _text(line: Line | None) -> str | None:
    text = linecache.getline(line[0], line[1]).strip() if line else ""
    return text[:_MOST_OF_LINE] or None


def _chain(error: BaseException) -> list[BaseException]:
    """The error, what caused it, and so on: AutoGraph raises a new one with a better text."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found and len(found) < 8:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found


def _frames(error: BaseException) -> list[Any]:
    """Its Python frames, outermost first."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        found.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return found


def _line(frames: list[Any], lines: UserLines) -> Line | None:
    ours = [one for one in reversed(frames) if lines.is_user(one[0].f_code.co_filename)]
    if not ours:
        return None
    (frame, number), names = ours[0], [one.f_code.co_name for one, _ in ours]
    named = next((name for name in names if name not in _UNNAMED), names[0])
    return frame.f_code.co_filename, number, named


def _called(frames: list[Any], lines: UserLines) -> str | None:
    """The library function that the user's innermost line called."""
    ours = [at for at, (frame, _) in enumerate(frames) if lines.is_user(frame.f_code.co_filename)]
    names = [frame.f_code.co_name for frame, _ in frames[ours[-1] + 1 :]] if ours else []
    return next((name for name in names if name not in _WRAPPERS), None)


def _told_line(text: str, lines: UserLines) -> Line | None:
    """The last user's line in the text of AutoGraph, whose frames are of generated code, or of a
    tensor out of scope, which has none."""
    if "in user code:" not in text and "was defined here:" not in text:
        return None
    told = [
        (file, int(number), name)
        for file, number, name in _USER_CODE.findall(text)
        if lines.is_user(file)
    ]
    return told[-1] if told else None


def _node(error: BaseException, text: str) -> tuple[str | None, str | None]:
    """Name and op of the node that the error speaks of."""
    definition = getattr(error, "node_def", None)
    if definition is not None:
        return str(definition.name), str(definition.op)
    found = _NODE.search(text)
    detected = _DETECTED.search(text)
    node = found.group(1) if found else (detected.group(1) if detected else None)
    op = found.group(2) if found else None
    for pattern in (_NO_GRADIENT, _OP_NAMED):
        named = pattern.search(text)
        if op is None and named is not None:
            op = next(group for group in named.groups() if group)
    return node, op
