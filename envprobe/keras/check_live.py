"""A live Keras model checked in the process that holds it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from envprobe.check.check_oplist import check_oplist
from envprobe.check.failures.explain import finding_of_failure, verdict_of_failure
from envprobe.check.no_oplist import result_of_failure
from envprobe.check.result import CheckResult
from envprobe.check.surroundings import surroundings_of
from envprobe.errors import UsageError
from envprobe.models.answer import failure_from_answer, oplist_from_answer
from envprobe.models.request import MODES, TraceRequest, question_from_request
from envprobe.models.spec import parse_specs, with_batch
from envprobe.models.target import Target
from envprobe.worker.model.trace_live import trace_live


def check_live(
    model: Any,
    *,
    data: Any = None,
    inputs: Sequence[str] = (),
    targets: Sequence[str] = (),
    mode: str = "train",
    batch: int | None = None,
    matrix: Sequence[str | Path] = (),
) -> CheckResult:
    """Whether one step of the model runs here, or on the machines of `matrix`.

    `data` is one batch, `(x, y)`, a dataset, or a structure of `tf.TensorSpec`; without it `inputs`
    and `targets` are specs such as `float32[8,224,224,3]`. The model is traced and not run; its
    weights stay as they are. Raises UsageError for what is no compiled Keras model.
    """
    request = _request(model, mode, inputs, targets, batch)
    if data is not None and (inputs or targets):
        raise UsageError("data brings the batch itself: leave out inputs and targets")
    answer = trace_live(model, question_from_request(request), data)
    failure = failure_from_answer(answer)
    paths = [Path(path) for path in matrix]
    if failure is not None:
        around = surroundings_of(paths, failure.tensorflow, sys.executable)
        finding = finding_of_failure(failure, request.mode)
        return result_of_failure(request, failure, verdict_of_failure(failure), finding, around)
    oplist = oplist_from_answer(request, answer)
    around = surroundings_of(paths, oplist.tensorflow, sys.executable, oplist.ops)
    return check_oplist(oplist, around)


def _request(
    model: Any, mode: str, inputs: Sequence[str], targets: Sequence[str], batch: int | None
) -> TraceRequest:
    if not hasattr(model, "train_step") or not hasattr(model, "layers"):
        raise UsageError(f"{type(model).__name__} is no Keras model: expected one, or its file")
    if mode not in MODES:
        raise UsageError(f"mode {mode!r}: expected {' or '.join(MODES)}")
    if mode == "train" and getattr(model, "optimizer", None) is None:
        raise UsageError("the model is not compiled: call model.compile(…) first")
    return TraceRequest(
        source=f"{type(model).__name__} {model.name!r}",
        target=Target(kind="python_module", path=type(model).__module__),
        mode="train" if mode == "train" else "infer",
        inputs=with_batch(parse_specs(inputs, "inputs"), batch),
        targets=with_batch(parse_specs(targets, "targets"), batch),
        batch=batch,
    )
