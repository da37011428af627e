"""The step once more, on a fresh model or on one that is put back: who made the first NaN."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Callable

from ..model import source as model_source
from ..model.progress import Progress
from ..model.subject import compiled_for, subject_of
from .batch import Batch
from .checked import origin_checked
from .origin import origin_of
from .step import function_step, keras_step

Answer = dict[str, Any]


def origin_again(tf: Any, progress: Progress, batch: Batch, size: int | None) -> Answer:
    """`origin` of the first bad number in a fresh model of the same question, or `unknown`.

    Run op by op the values can be looked at. A step that only runs as a graph is run as one, with
    a check behind each of its nodes.
    """
    found: Answer = {}
    for look in (_op_by_op, _as_graph):
        try:
            fresh, subject = _made_anew(tf, progress, batch)
        except Exception as error:
            return {"unknown": f"the model cannot be made a second time ({type(error).__name__})"}
        found = {**look(tf, fresh, subject, batch, size), **found}
        if "origin" in found:
            return {"origin": found["origin"]}
    return found


def origin_at_edge(
    tf: Any, progress: Progress, model: Any, batch: Batch, size: int | None
) -> Answer:
    """Who made the first bad number with this batch; the model is as it was afterwards."""
    with restored(model):
        return _op_by_op(tf, progress, model, batch, size)


@contextlib.contextmanager
def restored(model: Any) -> Iterator[None]:
    """Whatever happens inside, the model's weights and its optimizer's are as before."""
    variables = [*model.variables, *_optimizer_variables(model)]
    before = [_value(one) for one in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before):
            variable.assign(value)


def _made_anew(tf: Any, progress: Progress, batch: Batch) -> tuple[Progress, Any]:
    tf.keras.backend.clear_session()  # so that layers get the same names again
    tf.keras.utils.set_random_seed(0)
    fresh = Progress(progress.question)
    subject = subject_of(tf, fresh)
    if model_source.is_model(subject):
        compiled_for(tf, fresh, subject, batch.specs)
    return fresh, subject


def _op_by_op(tf: Any, progress: Progress, subject: Any, batch: Batch, size: int | None) -> Answer:
    if not model_source.is_model(subject):
        step = function_step(tf, subject, batch)
        return origin_of(tf, progress.lines, subject, lambda: step().outputs)
    with _running(subject, eager=True):
        take = _taker(tf, progress, subject, batch, size)
        return origin_of(tf, progress.lines, subject, take)


def _as_graph(tf: Any, progress: Progress, subject: Any, batch: Batch, size: int | None) -> Answer:
    if not model_source.is_model(subject):
        return origin_checked(tf, progress, function_step(tf, subject, batch))
    with _running(subject, eager=False):
        training = progress.question["mode"] == "train"
        step = keras_step(tf, subject, batch, size, training=training)
        return origin_checked(tf, progress, step)


def _taker(
    tf: Any, progress: Progress, model: Any, batch: Batch, size: int | None
) -> Callable[[], Any]:
    """One step that returns tensors as the model made them: its losses, or what it predicts."""
    if progress.question["mode"] == "train":
        step = keras_step(tf, model, batch, size, training=True)
        return lambda: _losses_told(model, step)
    if batch.x is None:
        step = keras_step(tf, model, batch, size, training=False)
        return lambda: step().outputs
    x, _ = batch.plain(tf)
    fed = tf.nest.map_structure(tf.convert_to_tensor, x)
    return lambda: model.predict_step(fed)


def _losses_told(model: Any, step: Callable[[], Any]) -> list[Any]:
    """The losses that the model's `train_step` returns while the step is taken."""
    found: list[Any] = []
    before = model.train_step

    def train_step(data: Any) -> Any:
        logs = before(data)
        if isinstance(logs, dict):
            found.extend(value for name, value in logs.items() if name.endswith("loss"))
        return logs

    model.train_step = train_step
    try:
        step()
    finally:
        del model.train_step
    return found


@contextlib.contextmanager
def _running(model: Any, *, eager: bool) -> Iterator[None]:
    """The model runs op by op or as a graph; XLA, which would hide the nodes, is off."""
    before = model.run_eagerly, getattr(model, "jit_compile", None)
    _set(model, eager, False)
    try:
        yield
    finally:
        _set(model, *before)


def _set(model: Any, eager: Any, jit: Any) -> None:
    model.run_eagerly = eager
    with contextlib.suppress(Exception):
        model.jit_compile = jit
    # Made for the other way of running.
    model.train_function = model.predict_function = None


def _optimizer_variables(model: Any) -> list[Any]:
    found = getattr(getattr(model, "optimizer", None), "variables", None) or []
    return list(found() if callable(found) else found)


def _value(variable: Any) -> Any:
    value = getattr(variable, "value", variable)
    value = value() if callable(value) else value
    return value.numpy() if hasattr(value, "numpy") else value
