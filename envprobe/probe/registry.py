"""Ask a worker for the registry of the TensorFlow that it has imported."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from envprobe.errors import EnvprobeError, NothingProbedError
from envprobe.probe.lane import Lane, LaneFailed, LaneWorker
from envprobe.probe.lanes import first_lane
from envprobe.probe.loss import WorkerLost, WorkerRefused
from envprobe.probe.pool import Pool
from envprobe.registrations import Registrations
from envprobe.registrations.answer import registrations_from_answer
from envprobe.registrations.record import (
    RegistryRecord,
    record_of,
    registrations_from_record,
)

LIMIT_SECONDS = 60.0
TRACING_LIMIT_SECONDS = 600.0  # every gradient function in every dtype
FAULTS = (LaneFailed, WorkerLost, WorkerRefused, msgspec.ValidationError)


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan learnt of the registry; without it, `unknown` says why."""

    registrations: Registrations | None = None
    record: RegistryRecord | None = None
    unknown: str | None = None


NO_REGISTRY = Registry(unknown="TensorFlow does not start")


def ask_registry(pool: Pool, lane: Lane, libraries: tuple[str, ...]) -> Registry:
    """The registry of the lane's TensorFlow, beside that of the nearest known release.

    What gradients are computed with is not asked: it is known from that release.
    """
    with pool.exclusive(lane) as (worker,):
        try:
            own = ask_registrations(worker)
            record = record_of(own, libraries)
        except (*FAULTS, EnvprobeError) as fault:  # what was measured must still be saved
            return Registry(unknown=_reason(fault))
    return Registry(registrations=registrations_from_record(record), record=record)


def ask_registrations(worker: LaneWorker, *, gradient_uses: bool = False) -> Registrations:
    """All that is registered there; with `gradient_uses` also what each gradient is computed with.

    Raises WorkerLost, WorkerRefused or LaneFailed when the worker does not live to answer, and
    msgspec.ValidationError when it answers something else.
    """
    question = {"ask": "registrations", "gradient_uses": gradient_uses}
    limit = TRACING_LIMIT_SECONDS if gradient_uses else LIMIT_SECONDS
    answer = worker.ask(question, limit_seconds=limit)
    return registrations_from_answer(worker.hello()["tensorflow"], answer)


def registrations_of(
    command: Sequence[str], *, libraries: Sequence[str] = (), gradient_uses: bool = False
) -> Registrations:
    """The registry of the TensorFlow that `command` (an interpreter and the worker) starts.

    `libraries` are custom ops to load first. Raises NothingProbedError, with the reason, when
    TensorFlow does not start or does not answer.
    """
    lane = first_lane(cpu_devices=1, workers=1, available_bytes=None, libraries=libraries)
    lane.config["gpus"] = "none"
    with Pool(command) as pool, pool.exclusive(lane) as (worker,):
        try:
            return ask_registrations(worker, gradient_uses=gradient_uses)
        except FAULTS as fault:
            raise NothingProbedError(
                f"TensorFlow does not tell its registry: {_reason(fault)}"
            ) from fault


def _reason(fault: Exception) -> str:
    return getattr(fault, "reason", None) or str(fault)
