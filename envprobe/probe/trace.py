"""The op list of a model: cached, or traced in a worker of its own under limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from envprobe.errors import FileFormatError, NothingProbedError
from envprobe.inventory.cgroup import ask_cgroup, parse_cgroup
from envprobe.inventory.memory import ask_memory, parse_memory
from envprobe.matrix.atomic import write_atomically
from envprobe.models.answer import failure_from_answer, oplist_from_answer
from envprobe.models.archive import WEIGHTS, config_of_archive
from envprobe.models.failure import ModelFailedError, TraceFailure
from envprobe.models.graph_file import require_readable_graph
from envprobe.models.hdf5 import require_closed, require_harmless_hdf5, structure_from_answer
from envprobe.models.keras_config import require_harmless
from envprobe.models.oplist import OpList
from envprobe.models.request import TraceRequest, question_from_request
from envprobe.models.store import encode_oplist, read_oplist
from envprobe.probe.interpreter import interpreter
from envprobe.probe.lane import Lane, LaneFailed, LaneWorker
from envprobe.probe.lanes import HELLO_LIMIT_SECONDS, MEMORY_SHARE, WORKER_FOLDER
from envprobe.probe.loss import WorkerLost, WorkerOutOfMemory, WorkerRefused, WorkerTimedOut
from envprobe.probe.pool import Pool
from envprobe.probe.trace_cache import cached_oplist, keep_oplist

LIMIT_SECONDS = 600.0
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
    _require_safe(request)
    command = interpreter(python)
    kept = cached_oplist(request, command)
    if kept is not None:
        return kept
    with _worker(command, limit_seconds, memory_limit_bytes) as worker:
        _require_safe_hdf5(request, worker)
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
        raise _not_started(failed) from failed
    except WorkerRefused as refused:
        raise NothingProbedError(f"the worker failed at tracing: {refused.error}") from refused
    except WorkerLost as lost:
        failure = TraceFailure(stage="lost", error_type=_kind(lost), message=lost.reason)
        raise ModelFailedError(request.source, failure) from lost


def _kind(lost: WorkerLost) -> str:
    if isinstance(lost, WorkerTimedOut):
        return "TimedOut"
    return "OutOfMemory" if isinstance(lost, WorkerOutOfMemory) else "ProcessDied"


def _require_safe(request: TraceRequest) -> None:
    """What can be told of a file without TensorFlow, before anything of it is unpacked."""
    path = Path(request.target.path)
    if request.target.kind == "keras":
        config = config_of_archive(path)
        if not request.trust:
            require_harmless(path, config)
    elif request.target.kind == "graph_def":
        require_readable_graph(path)
    elif request.target.kind == "saved_model":
        require_readable_graph(path / "saved_model.pb")


def _require_safe_hdf5(request: TraceRequest, worker: LaneWorker) -> None:
    """The same for HDF5, whose structure only its own library reads."""
    if request.trust or request.target.kind not in {"keras", "hdf5"}:
        return
    path = request.target.path
    whole = request.target.kind == "hdf5"
    question = {"ask": "inspect_hdf5", "path": path, "member": None if whole else WEIGHTS}
    try:
        structure = structure_from_answer(worker.ask(question))
    except LaneFailed as failed:
        raise _not_started(failed) from failed
    except (WorkerRefused, WorkerLost, msgspec.ValidationError) as error:
        raise FileFormatError(f"{path} cannot be inspected as HDF5: {error}") from error
    if whole:
        require_harmless_hdf5(path, structure)
    else:
        require_closed(path, structure)


def _not_started(failed: LaneFailed) -> NothingProbedError:
    return NothingProbedError(
        f"TensorFlow cannot be started to trace the model: {failed.reason} "
        "(`envprobe doctor` says why; --python names another interpreter)"
    )


@contextmanager
def _worker(
    command: str, limit_seconds: float, memory_limit_bytes: int | None
) -> Iterator[LaneWorker]:
    lane = Lane(
        name="model",
        config={"cpu_devices": 1, "gpus": "none", "libraries": []},
        limit_seconds=limit_seconds,
        first_limit_seconds=limit_seconds,
        hello_limit_seconds=HELLO_LIMIT_SECONDS,
        memory_limit_bytes=memory_limit_bytes or _available_bytes(),
        environment=_ENVIRONMENT,
    )
    with Pool([command, str(WORKER_FOLDER)]) as pool, pool.exclusive(lane) as (worker,):
        yield worker


def _available_bytes() -> int | None:
    root = Path("/")
    usable = parse_memory(ask_memory(root), parse_cgroup(ask_cgroup(root))).usable_bytes
    return None if usable is None else int(usable * MEMORY_SHARE)
