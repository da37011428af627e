"""What one real step of a model came to: an error, numbers that are none, or nothing to tell."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from envprobe.models.failure import TraceFailure
from envprobe.models.oplist import FedSpec
from envprobe.models.request import TraceRequest

Made = Literal["NaN", "infinity"]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The op that made the first NaN or infinity out of finite numbers.

    `inputs` and `outputs` describe its tensors with the range of their values. `gradient_of` is
    the forward op where it belongs to a gradient. `then` is the op in which an infinity became
    NaN, `says` what the op raises where it is not compiled. `part` is what was at work beside the
    layers, `function` the user's function around `line`.
    """

    op: str
    made: Made
    dtype: str | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    gradient_of: str | None = None
    then: str | None = None
    says: str | None = None
    layer: str | None = None
    layer_class: str | None = None
    part: str | None = None
    part_name: str | None = None
    file: str | None = None
    line: int | None = None
    function: str | None = None


class NonFinite(msgspec.Struct, frozen=True, kw_only=True):
    """What was NaN or infinite after the step: `loss`, `weights`, `outputs`, `batch`.

    `names` are the first few of the weights or losses. `origin` is None, with `unknown` saying
    why, where nobody saw which op made it.
    """

    what: tuple[Literal["loss", "weights", "outputs", "batch"], ...]
    names: tuple[str, ...] = ()
    origin: Origin | None = None
    unknown: str | None = None


class EdgeRun(msgspec.Struct, frozen=True, kw_only=True):
    """One step with a batch that comes up in training sooner or later; `edge` says which."""

    edge: str
    failure: TraceFailure | None = None
    non_finite: NonFinite | None = None


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """One real step of a model on this machine; neither `failure` nor `non_finite`: it ran.

    `device` is that on which TensorFlow ran it, None where it did not come so far. `loss` is that
    of the step, None for inference or where it is no number. `fed` are the tensors of the batch.
    `edges` are the further batches that were tried after a step that ran; `edges_left` says why
    some were not.
    """

    source: str
    mode: str
    device: str | None = None
    jit: bool = False
    failure: TraceFailure | None = None
    non_finite: NonFinite | None = None
    loss: float | None = None
    seconds: float | None = None
    fed: tuple[FedSpec, ...] = ()
    edges: tuple[EdgeRun, ...] = ()
    edges_left: str | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tensorflow: str | None = None
    keras: str | None = None


def run_from_answer(request: TraceRequest, answer: dict[str, Any]) -> DryRun:
    """The run that the worker told of; raises msgspec.ValidationError for anything else."""
    told = {name: answer.get(name) for name in ("notes", "warnings", "tensorflow", "keras")}
    failure = answer.get("failure")
    return msgspec.convert(
        {
            "source": request.source,
            "mode": request.mode,
            **told,
            **{name: answer[name] for name in _TOLD if answer.get(name) is not None},
            "failure": None if failure is None else {**failure, **told},
        },
        DryRun,
    )


def edge_from_answer(edge: str, answer: dict[str, Any]) -> EdgeRun:
    """What the worker told of one further batch; raises as `run_from_answer`."""
    found = {name: answer.get(name) for name in ("failure", "non_finite")}
    return msgspec.convert({"edge": edge, **found}, EdgeRun)


_TOLD = ("device", "jit", "non_finite", "loss", "seconds", "fed")
