"""Who was at work when tracing failed, read from the frames: layers, loss, gradient function."""

from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

from .scopes import Scopes

Frame = tuple[Any, int]
_PARTS = (("Metric", "metric"), ("Loss", "loss"), ("Optimizer", "optimizer"))
_WRAPPERS = ("CompileMetrics", "CompileLoss", "MetricsList")
_TENSORS = ("args", "kwargs", "inputs", "x", "y_true", "y_pred", "query", "value")
_MOST = 8
# What these give is no number that training could go through; everybody uses them.
_MEASURES = {
    "Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike",
}  # fmt: skip


class GradientOf(NamedTuple):
    """The forward node whose gradient was being made."""

    op: str
    node: str | None


def layers_called(frames: list[Frame]) -> tuple[list[Any], Any]:
    """The layers that were being called, outermost first, and the model around them."""
    found: list[Any] = []
    model = None
    for frame, _ in frames:
        held = frame.f_locals.get("self")
        classes = [kind.__name__ for kind in type(held).__mro__]
        # In Keras 2 a metric is a layer too.
        is_layer = "Layer" in classes and "Metric" not in classes
        if not is_layer or not isinstance(getattr(held, "name", None), str):
            continue
        if hasattr(held, "train_step"):
            model = model or held
        if not any(held is one for one in found):
            found.append(held)
    return [layer for layer in found if layer is not model], model


def part_at_work(frames: list[Frame]) -> tuple[str | None, Any]:
    """The innermost loss, metric or optimizer that was being asked, and which of them it is."""
    for frame, _ in reversed(frames):
        held = frame.f_locals.get("self")
        classes = [kind.__name__ for kind in type(held).__mro__]
        if not any(wrapper in classes for wrapper in _WRAPPERS):
            for name, part in _PARTS:
                if name in classes:
                    return part, held
    return None, None


def loss_function_at_work(frames: list[Frame]) -> tuple[str | None, Any]:
    """Name and frame of a loss function of Keras that the user's own step calls, if one is."""
    for frame, _ in frames:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("keras.") and ".losses" in module and "y_pred" in frame.f_locals:
            return frame.f_code.co_name, frame
    return None, None


def output_layer(model: Any) -> Any:
    """The layer that gives the model's one output; None where there are more, or nobody knows."""
    with contextlib.suppress(Exception):
        (output,) = model.outputs
        history = output._keras_history
        return getattr(history, "operation", None) or history.layer
    with contextlib.suppress(Exception):
        if type(model).__name__ == "Sequential":
            return model.layers[-1]
    return None


def names_compared(frames: list[Frame], model: Any) -> tuple[list[str], list[str]]:
    """The names of the model's outputs and of the targets, where these are told by name."""
    outputs: list[str] = []
    with contextlib.suppress(Exception):
        outputs = [str(name) for name in model.output_names]
    for frame, _ in frames:
        targets = frame.f_locals.get("y")
        if frame.f_locals.get("self") is model and isinstance(targets, dict):
            return outputs, [str(name) for name in targets]
    return outputs, []


def gradient_of(frames: list[Frame]) -> GradientOf | None:
    """The op whose gradient function was being looked up or run, if one was."""
    for frame, _ in reversed(frames):
        if frame.f_code.co_name != "_gradient_function":
            continue
        held = frame.f_locals
        op = held.get("op_name")
        text = op.decode() if isinstance(op, bytes) else str(op)
        # The tape keeps only those of its tensors that the gradient may need.
        makers = [tensor.op for tensor in held.get("outputs") or () if hasattr(tensor, "op")]
        takers = [
            taker
            for tensor in held.get("inputs") or ()
            if hasattr(tensor, "consumers")
            for taker in tensor.consumers()
        ]
        names = [one.name for one in (*makers, *takers) if one.type == text]
        return GradientOf(text, names[0] if names else None)
    return None


def op_being_made(frames: list[Frame]) -> str | None:
    """The type of the node that TensorFlow was about to add, if it was about to."""
    for frame, _ in reversed(frames):
        name = frame.f_locals.get("op_type_name")
        if isinstance(name, str):
            return name
    return None


def described_inputs(frames: list[Frame], holder: Any) -> list[str]:
    """Dtype and shape of what the layer or loss was called with, as its frames still hold it."""
    mine = [] if holder is None else [one for one, _ in frames if _is_of(one, holder)]
    # The call itself holds what was passed; in the body a name may have been given anew.
    calls = [frame for frame in mine if frame.f_code.co_name == "__call__"]
    for frame in (*calls[:1], *reversed(mine)):
        found = _described(frame)
        if found:
            return found
    return []


def described_operands(frame: Any) -> list[str]:
    """The same of a loss function, which is no object: its target, then its prediction."""
    return _described(frame) if frame is not None else []


def _is_of(frame: Any, holder: Any) -> bool:
    return frame.f_locals.get("self") is holder


def _described(frame: Any) -> list[str]:
    found: list[str] = []
    seen: list[Any] = []
    for name in _TENSORS:
        for item in _flat(frame.f_locals.get(name)):
            with contextlib.suppress(Exception):
                text = f"{getattr(item.dtype, 'name', item.dtype)}{list(item.shape)}"
                if not any(item is one for one in seen):
                    seen.append(item)
                    found.append(text)
        if found and name == "kwargs":
            break
    return found[:_MOST]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, (list, tuple)):
        return [value]
    return [one for item in value for one in _flat(item)]


def stops(frames: list[Frame], scopes: Scopes) -> list[dict[str, Any]]:
    """The nodes between the variables and the loss through which no gradient goes."""
    graph = next(
        (frame.f_locals["func_graph"] for frame, _ in reversed(frames) if _has_graph(frame)), None
    )
    if graph is None:
        return []
    wanted = _needed_for_loss(frames, graph)
    found = []
    trained: set[str] = set()
    for op in graph.get_operations():
        if op.type != "ReadVariableOp" and not any(one.op.name in trained for one in op.inputs):
            continue
        if _passes(op):
            trained.add(op.name)
        elif op.type not in _MEASURES and (wanted is None or op.name in wanted):
            found.append({"op": op.type, "node": op.name, "layer": scopes.of(op.name)[1]})
    return found[:_MOST]


def _has_graph(frame: Any) -> bool:
    return hasattr(frame.f_locals.get("func_graph"), "get_operations")


def _needed_for_loss(frames: list[Frame], graph: Any) -> set[str] | None:
    for frame, _ in reversed(frames):
        loss = frame.f_locals.get("loss")
        if getattr(loss, "graph", None) is graph:
            waiting, seen = [loss.op], set()
            while waiting:
                op = waiting.pop()
                if op.name not in seen:
                    seen.add(op.name)
                    waiting += [tensor.op for tensor in op.inputs]
            return seen
    return None


def _passes(op: Any) -> bool:
    """Whether a gradient goes through the node; a function that always gives None stops it too."""
    from tensorflow.python.framework import ops

    if not any(one.dtype.is_floating or one.dtype.is_complex for one in op.outputs):
        return False
    try:
        gradient = ops.gradient_registry.lookup(op.type)
    except LookupError:
        return False
    if gradient is None:
        return False
    if len(op.inputs) == 1:
        with contextlib.suppress(Exception), ops.Graph().as_default():
            answers = gradient(None, None)
            return not isinstance(answers, (list, tuple)) or any(one is not None for one in answers)
    return True
