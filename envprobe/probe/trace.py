"""The op list of a model: cached, or traced in a worker of its own under limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from envprobe.errors import NothingProbedError
from envprobe.matrix.atomic import write_atomically
from envprobe.models.answer import failure_from_answer, oplist_from_answer
from envprobe.models.failure import ModelFailedError
from envprobe.models.oplist import OpList
from envprobe.models.request import TraceRequest, question_from_request
from envprobe.models.store import encode_oplist, read_oplist
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
from envprobe.probe.trace_cache import cached_oplist, keep_oplist

__all__ = ["LIMIT_SECONDS", "oplist_of", "save_oplist"]

# Graphs must not depend on the machine that traces them; Keras' other backends trace nothing.
_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}


def oplist_of(
    request: TraceRequest,
    *,
    python: str | None = None,
    limit_seconds: float = LIMIT_SECONDS,
    memory_limit_bytes: int | None = None,
) -> OpList:
    """What one step of the model requires; an op list that was given is read.

    `python` is the interpreter whose TensorFlow traces. Raises FileFormatError or UsageError for
    input that is unreadable, unsafe or contradictory, ModelFailedError where the model itself
    fails, NothingProbedError where TensorFlow does not start.
    """
    target = request.target
    if target.kind in {"oplist", "oplist_text"}:
        return read_oplist(Path(target.path))
    require_safe(request)
    command = interpreter(python)
    kept = cached_oplist(request, command)
    if kept is not None:
        return kept
    with model_worker(
        command, limit_seconds, memory_limit_bytes, environment=_ENVIRONMENT
    ) as worker:
        require_safe_hdf5(request, worker)
        oplist = _traced(request, worker)
    keep_oplist(request, command, oplist)
    return oplist


def save_oplist(path: Path, oplist: OpList) -> None:
    """Save the op list, whole or not at all; raises UsageError when that cannot be done."""
    write_atomically(path, encode_oplist(oplist))


def _traced(request: TraceRequest, worker: LaneWorker) -> OpList:
    answer = _asked(request, worker)
    try:
        failure = failure_from_answer(answer)
        if failure is None:
            return oplist_from_answer(request, answer)
    except (msgspec.ValidationError, KeyError, TypeError) as error:
        raise NothingProbedError(f"the worker's answer is not understood: {error}") from error
    raise ModelFailedError(request.source, failure)


def _asked(request: TraceRequest, worker: LaneWorker) -> dict[str, Any]:
    try:
        return worker.ask(question_from_request(request))
    except LaneFailed as failed:
        raise not_started(failed) from failed
    except WorkerRefused as refused:
        raise NothingProbedError(f"the worker failed at tracing: {refused.error}") from refused
    except WorkerLost as lost:
        raise ModelFailedError(request.source, failure_of_loss(lost)) from lost
