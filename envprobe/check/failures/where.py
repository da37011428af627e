"""The sentence that says where it happened: loss, layer, op, what was passed, file and line."""

from __future__ import annotations

from pathlib import Path

from envprobe.check.failures.explained import Explained
from envprobe.models.failure import TraceFailure

# TensorFlow's and Keras' own inner functions say nothing to the reader.
_DURING = {
    "load": "Loading the model",
    "build": "Building the model",
    "compile": "compile()",
    "data": "Preparing the batch",
    "trace": "Tracing the step",
    "read": "Reading the traced step",
    "lost": "Tracing the step",
}


def where(failure: TraceFailure, explained: Explained) -> str:
    """As 'Layer 'join' (Concatenate), given float32[4, 15], in unet.py:23', without a verb."""
    place = _place(failure)
    return ", ".join(filter(None, [_subject(failure, explained), _op(failure, explained), place]))


def _subject(failure: TraceFailure, explained: Explained) -> str:
    if explained.named:
        return explained.named
    if failure.part in ("loss", "metric"):
        return _part(failure)
    if failure.layer:
        return _layer(failure, explained.layer or failure.layer)
    if _is_named(failure.function) and not failure.file and failure.stage in ("build", "trace"):
        return f"{_DURING[failure.stage]}, in {failure.function}()"
    return _DURING[failure.stage]


def _part(failure: TraceFailure) -> str:
    name = f" {failure.part_name!r}" if failure.part_name else ""
    given = _two(failure.part_inputs)
    compared = f", given target and prediction {given}" if given else ""
    layer = f", prediction of layer {failure.layer!r}" if failure.layer else ""
    return f"{str(failure.part).capitalize()}{name}{compared}{layer}"


def _layer(failure: TraceFailure, name: str) -> str:
    same = name == failure.layer
    kind = f" ({failure.layer_class})" if same and failure.layer_class else ""
    around = failure.layer_path[:-1] if failure.layer_path[-1:] == (name,) else ()
    inside = f" inside {'/'.join(map(repr, around))}" if around else ""
    given = _two(failure.layer_inputs) if same else ""
    return f"Layer {name!r}{kind}{inside}" + (f", given {given}" if given else "")


def _op(failure: TraceFailure, explained: Explained) -> str | None:
    op = explained.op or failure.op
    forward = failure.gradient_of
    if forward and op and op != forward:
        return f"op {op} in the gradient of {forward}"
    return f"op {op}" if op else None


def _place(failure: TraceFailure) -> str | None:
    if not failure.file:
        return None
    inside = f" in {failure.function}()" if _is_named(failure.function) else ""
    text = f", `{failure.line_text}`" if failure.line_text else ""
    return f"{Path(failure.file).name}:{failure.line}{inside}{text}"


def _is_named(function: str | None) -> bool:
    return function is not None and not function.startswith("<")


def _two(given: tuple[str, ...]) -> str:
    if len(given) > 3:
        return ", ".join(given[:3]) + ", …"
    return " and ".join(given)
