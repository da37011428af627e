"""What is to be traced of a model: the target, the batch and how the step is to be compiled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from envprobe.errors import UsageError, unknown_name
from envprobe.models.oplist import StepMode
from envprobe.models.spec import Spec, parse_specs, with_batch
from envprobe.models.target import Target, target_of

POLICIES = ("float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")
MODES: tuple[StepMode, ...] = ("train", "infer")
_FILES = {"keras": "keras_file", "hdf5": "keras_file"}
MOST_BATCH = 2**31 - 1


class TraceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One step to be traced; `source` is the target as the user wrote it."""

    source: str
    target: Target
    mode: StepMode = "train"
    inputs: tuple[Spec, ...] = ()
    targets: tuple[Spec, ...] = ()
    data: Target | None = None
    loss: str | None = None
    optimizer: str | None = None
    precision: str | None = None
    batch: int | None = None
    jit: bool = False
    trust: bool = False


def request_of(  # noqa: PLR0913 - one parameter an option of the command
    model: str,
    *,
    mode: str | None = None,
    inputs: Sequence[str] = (),
    targets: Sequence[str] = (),
    data: str | None = None,
    loss: str | None = None,
    optimizer: str | None = None,
    precision: str | None = None,
    batch: int | None = None,
    jit: bool = False,
    trust: bool = False,
) -> TraceRequest:
    """The request that these options make; raises UsageError where they contradict each other.

    Without `mode` a graph that has no training step is traced for inference.
    """
    target = target_of(model)
    chosen = _mode(mode, target)
    if precision is not None and precision not in POLICIES:
        raise unknown_name("precision", precision, POLICIES)
    if batch is not None and not 1 <= batch <= MOST_BATCH:
        raise UsageError(f"--batch {batch}: expected a whole number from 1")
    request = TraceRequest(
        source=model,
        target=target,
        mode=chosen,
        inputs=with_batch(parse_specs(inputs, "--input"), batch),
        targets=with_batch(parse_specs(targets, "--target"), batch),
        data=_data(data),
        loss=_name(loss, "--loss"),
        optimizer=_name(optimizer, "--optimizer"),
        precision=precision,
        batch=batch,
        jit=jit,
        trust=trust,
    )
    _require_agreement(request, model)
    return request


def question_from_request(request: TraceRequest) -> dict[str, Any]:
    """The request as the worker's `trace_model` reads it."""
    return {
        "ask": "trace_model",
        "source": _source(request.target),
        "data": None if request.data is None else _source(request.data),
        "inputs": [_plain(spec) for spec in request.inputs],
        "targets": [_plain(spec) for spec in request.targets],
        **{
            name: getattr(request, name)
            for name in ("mode", "loss", "optimizer", "precision", "batch", "jit", "trust")
        },
    }


def _source(target: Target) -> dict[str, Any]:
    kind = _FILES.get(target.kind, target.kind)
    return {"kind": kind, "path": target.path, "function": target.function}


def _plain(spec: Spec) -> dict[str, Any]:
    return msgspec.structs.asdict(spec) | {"shape": list(spec.shape)}


def _mode(mode: str | None, target: Target) -> StepMode:
    only_infers = target.kind in {"saved_model", "graph_def"}
    if mode is None:
        return "infer" if only_infers else "train"
    if mode not in MODES:
        raise unknown_name("mode", mode, MODES)
    if mode == "train" and only_infers:
        raise UsageError(
            f"{target.path} has no training step: a saved graph can only be traced with "
            "--mode infer; give the .keras file or the Python function to check training"
        )
    return "train" if mode == "train" else "infer"


def _data(text: str | None) -> Target | None:
    if text is None:
        return None
    target = target_of(text)
    if not target.is_python:
        raise UsageError(f"--data {text}: expected a Python function, such as data.py:batch")
    return target


def _name(text: str | None, option: str) -> str | None:
    if text is not None and not re.fullmatch(r"[A-Za-z_]\w*", text):
        raise UsageError(f"{option} {text!r}: expected a name that Keras knows, such as 'adam'")
    return text


def _require_agreement(request: TraceRequest, model: str) -> None:
    if request.data is not None and (request.inputs or request.targets):
        raise UsageError("--data brings the batch itself: leave out --input and --target")
    if request.data is not None and request.batch is not None:
        raise UsageError("--data brings its own batch size: leave out --batch")
    for option, given in (
        ("--target", bool(request.targets)),
        ("--loss", request.loss is not None),
        ("--optimizer", request.optimizer is not None),
    ):
        if given and request.mode == "infer":
            raise UsageError(f"{option} belongs to training, and --mode infer does none")
    _require_for_fixed(request, model)


def _require_for_fixed(request: TraceRequest, model: str) -> None:
    """A saved graph and an op list are what they are."""
    if request.target.kind not in {"saved_model", "graph_def", "oplist", "oplist_text"}:
        return
    listed = request.target.kind.startswith("oplist")
    for option, given in (
        ("--precision", request.precision is not None),
        ("--jit", request.jit),
        ("--data", request.data is not None),
        ("--input", listed and bool(request.inputs)),
        ("--target", listed and bool(request.targets)),
        ("--batch", listed and request.batch is not None),
        ("--loss", listed and request.loss is not None),
        ("--optimizer", listed and request.optimizer is not None),
    ):
        if given:
            kind = "an op list" if listed else "a saved graph"
            raise UsageError(f"{option} does not change {kind}: {model} is taken as it is")
