"""One real step of a model, in a worker of its own under limits."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from envprobe.errors import NothingProbedError, UsageError
from envprobe.models.dry_run import DryRun, EdgeRun, edge_from_answer, run_from_answer
from envprobe.models.request import TraceRequest, question_from_request
from envprobe.probe.interpreter import interpreter
from envprobe.probe.lane import LaneFailed, LaneWorker
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.model_worker import (
    LIMIT_SECONDS,
    failure_of_loss,
    model_worker,
    not_started,
)
from envprobe.probe.safety import require_safe, require_safe_hdf5

EDGES_LIMIT_SECONDS = 120.0
_LEAST_EDGE_SECONDS = 20.0
# GPUs are left visible: the step is to run where training would.
_ENVIRONMENT = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}


def dry_run(
    request: TraceRequest,
    *,
    python: str | None = None,
    limit_seconds: float = LIMIT_SECONDS,
    memory_limit_bytes: int | None = None,
    device: str | None = None,
    edges: bool = True,
) -> DryRun:
    """What one step of the model comes to on one batch; a step that fails is a result.

    It runs on `device` (`CPU`, `GPU:1`), by default where TensorFlow puts it. `edges`: after a step
    that ran, a few further batches are tried. Raises FileFormatError or UsageError for input that
    is unreadable, unsafe or has no step, NothingProbedError where TensorFlow does not start.
    """
    if request.target.kind in {"oplist", "oplist_text"}:
        raise UsageError(f"{request.source} is an op list, which has no step to run: give a model")
    require_safe(request)
    command = interpreter(python)
    gpus = _gpus(device)
    with model_worker(
        command, limit_seconds, memory_limit_bytes, gpus=gpus, environment=_ENVIRONMENT
    ) as worker:
        require_safe_hdf5(request, worker)
        begin = time.monotonic()
        answer = _asked(request, worker)
        run = answer if isinstance(answer, DryRun) else _understood(request, answer)
        if not edges or isinstance(answer, DryRun):
            return run
        left = min(limit_seconds - (time.monotonic() - begin), EDGES_LIMIT_SECONDS)
        found, unknown = _edges(worker, answer.get("edges") or (), left)
    return msgspec.structs.replace(run, edges=found, edges_left=unknown)


def _asked(request: TraceRequest, worker: LaneWorker) -> dict[str, Any] | DryRun:
    question = {**question_from_request(request), "ask": "dry_run"}
    try:
        return worker.ask(question)
    except LaneFailed as failed:
        raise not_started(failed) from failed
    except WorkerRefused as refused:
        raise NothingProbedError(f"the worker failed at the dry run: {refused.error}") from refused
    except WorkerLost as lost:
        return DryRun(source=request.source, mode=request.mode, failure=failure_of_loss(lost))


def _understood(request: TraceRequest, answer: dict[str, Any]) -> DryRun:
    try:
        return run_from_answer(request, answer)
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise NothingProbedError(f"the worker's answer is not understood: {error}") from error


def _edges(
    worker: LaneWorker, names: list[str] | tuple[()], left_seconds: float
) -> tuple[tuple[EdgeRun, ...], str | None]:
    """The further batches, as far as time allows, and why some were not tried."""
    found: list[EdgeRun] = []
    end = time.monotonic() + left_seconds
    for name in names:
        seconds = end - time.monotonic()
        if seconds <= 0:
            return tuple(found), "the time for them was up"
        try:
            answer = worker.ask(
                {"ask": "dry_run_edge", "edge": name}, max(seconds, _LEAST_EDGE_SECONDS)
            )
            found.append(edge_from_answer(name, answer))
        except (WorkerRefused, msgspec.ValidationError) as error:
            return tuple(found), f"the worker failed at the batch with {name}: {error}"
        except WorkerLost as lost:
            # The model that the others would be tried on is gone with the worker.
            found.append(EdgeRun(edge=name, failure=failure_of_loss(lost)))
            return tuple(found), f"the process was lost at the batch with {name}"
    return tuple(found), None


def _gpus(device: str | None) -> Any:
    """The worker's `gpus` for a device's name."""
    if device is None:
        return "all"
    kind, _, index = device.upper().partition(":")
    if kind == "CPU":
        return "none"
    if kind != "GPU" or not (index or "0").isdigit():
        raise UsageError(f"device {device!r}: expected CPU, GPU or GPU:1")
    return [int(index or 0)]
