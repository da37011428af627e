"""Why a model could not be traced, in parts that a finding can be made of."""

from __future__ import annotations

from typing import Literal

import msgspec

from envprobe.errors import EnvprobeError

# load: reading the file or importing the Python; build: the user's function; data: the batch;
# read: taking the traced graph apart; run: a real step; lost: the worker did not live to say.
Stage = Literal["load", "build", "compile", "data", "trace", "read", "run", "lost"]
_MOST_CHARACTERS = 300


class GradientStop(msgspec.Struct, frozen=True, kw_only=True):
    """A node between the variables and the loss through which no gradient goes."""

    op: str
    node: str
    layer: str | None = None


class TraceFailure(msgspec.Struct, frozen=True, kw_only=True):
    """What was raised where; None for what nobody told.

    `refused`: the request does not fit the model, which says nothing against the model.
    `node` is the graph node and `op` its type; `gradient_of` the forward op whose gradient was
    being made. `layer` is the innermost layer that was being called (for a loss or metric the one
    that gives the prediction), `layer_path` those around it, outermost first, `layer_inputs` dtype
    and shape of what it was called with. `part` is what was at work beside the layers
    (`part_name`, `part_inputs`). `output_names` are the model's outputs, `target_names` those of
    targets that are told by name. `stops` says, where no variable has a gradient, which nodes let
    none through. `file`, `line` and `function` are the user's own, `line_text` is what stands
    there, `called` is what that line called.
    """

    stage: Stage
    error_type: str
    message: str
    refused: bool = False
    op: str | None = None
    node: str | None = None
    gradient_of: str | None = None
    layer: str | None = None
    layer_class: str | None = None
    layer_path: tuple[str, ...] = ()
    layer_inputs: tuple[str, ...] = ()
    part: Literal["loss", "metric", "optimizer", "gradient"] | None = None
    part_name: str | None = None
    part_inputs: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    stops: tuple[GradientStop, ...] = ()
    called: str | None = None
    file: str | None = None
    line: int | None = None
    function: str | None = None
    line_text: str | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tensorflow: str | None = None
    keras: str | None = None


class ModelFailedError(EnvprobeError):
    """The model cannot be traced; `failure` says it in parts, the text in one line."""

    def __init__(self, model: str, failure: TraceFailure) -> None:
        super().__init__(_line(model, failure))
        self.failure = failure


def _line(model: str, failure: TraceFailure) -> str:
    if failure.refused:
        return failure.message
    what = f"{failure.error_type}: {short(failure.message)}"
    layer = f" in layer {failure.layer!r}" if failure.layer else ""
    kind = f" ({failure.layer_class})" if failure.layer and failure.layer_class else ""
    part = f", {failure.part} {failure.part_name}" if failure.part_name else ""
    op = f", op {failure.op}" if failure.op else ""
    op += "".join(f", stopped by {stop.op}" for stop in failure.stops[:1])
    line = f", {failure.file}:{failure.line}" if failure.file else ""
    return f"{model} fails at {_AT[failure.stage]}{layer}{kind}{part}{op}{line}: {what}"


_AT: dict[str, str] = {
    "load": "loading",
    "build": "building the model",
    "compile": "compile()",
    "data": "its data",
    "trace": "tracing the step",
    "read": "reading the graph",
    "run": "running one step",
    "lost": "tracing",
}


def short(message: str) -> str:
    """The message's first words on one line."""
    line = " ".join(message.split())
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"
