"""From the worker's answer to `trace_model` to an op list or a failure."""

from __future__ import annotations

from typing import Any

import msgspec

from envprobe.models.failure import TraceFailure
from envprobe.models.flops import cost_of
from envprobe.models.foresight import Lowering, ValueProblem
from envprobe.models.oplist import FedSpec, OpList, Requirement
from envprobe.models.request import TraceRequest
from envprobe.models.spec import Spec


def failure_from_answer(answer: dict[str, Any]) -> TraceFailure | None:
    """The failure that the worker told of; None where there was none.

    Raises msgspec.ValidationError for an answer that is neither.
    """
    if "failure" not in answer:
        return None
    common = {name: answer.get(name) for name in ("notes", "warnings", "tensorflow", "keras")}
    return msgspec.convert({**answer["failure"], **common}, TraceFailure)


def oplist_from_answer(request: TraceRequest, answer: dict[str, Any]) -> OpList:
    """The op list that the worker traced; raises msgspec.ValidationError for anything else."""
    requirements = msgspec.convert(answer["requirements"], tuple[Requirement, ...])
    model = answer["model"]
    return OpList(
        source=request.source,
        source_kind=request.target.kind,
        name=model["name"],
        model_class=model["class"],
        mode=request.mode,
        precision=request.precision,
        policies=tuple(answer["policy"]),
        batch=request.batch or _batch(answer["fed"]),
        jit=answer["jit"],
        jit_on_gpu=answer.get("jit_on_gpu", False),
        lowering=msgspec.convert(answer.get("lowering"), Lowering | None),
        value_problems=msgspec.convert(answer["value_problems"], tuple[ValueProblem, ...]),
        loss=answer["loss"],
        optimizer=answer["optimizer"],
        inputs=tuple(map(_fed, request.inputs)),
        targets=tuple(map(_fed, request.targets)),
        fed=msgspec.convert(answer["fed"], tuple[FedSpec, ...]),
        parameters=model["parameters"],
        trainable_parameters=model["trainable_parameters"],
        tensorflow=answer["tensorflow"],
        keras=answer["keras"],
        nodes=answer["nodes"],
        notes=tuple(answer["notes"]),
        warnings=tuple(answer["warnings"]),
        # In the order of the file, so that a list that was read equals the one written.
        requirements=tuple(sorted(map(_priced, requirements), key=msgspec.json.encode)),
    )


def _priced(requirement: Requirement) -> Requirement:
    cost = cost_of(requirement)
    return msgspec.structs.replace(
        requirement, flops=cost.flops, bytes=cost.bytes, unknown=cost.unknown
    )


def _fed(spec: Spec) -> FedSpec:
    return FedSpec(dtype=spec.dtype, shape=spec.shape, name=spec.name, low=spec.low, high=spec.high)


def _batch(fed: list[dict[str, Any]]) -> int | None:
    shapes = [one["shape"] for one in fed if one["shape"]]
    first = shapes[0][0] if shapes else None
    return first if isinstance(first, int) else None
