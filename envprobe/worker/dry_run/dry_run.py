"""The questions `dry_run` and `dry_run_edge`: one real step of a user's model, and what it left."""

from __future__ import annotations

import time
from typing import Any, Callable

from ..model import source as model_source
from ..model.data import element_specs, specs_of_data
from ..model.failure import RefusedError
from ..model.progress import Progress, answered
from ..model.subject import compiled_for, subject_of
from . import finite
from .again import origin_again, origin_at_edge, restored
from .batch import Batch, batch_of_data, batch_of_specs
from .blame import failure_at_run
from .edges import edges_of
from .step import Step, function_step, keras_step

Answer = dict[str, Any]
_SAVED_GRAPHS = ("graph_def", "saved_model")


class _Live:
    """The model after a step that ran, for the batches that are asked about next."""

    def __init__(self, progress: Progress, model: Any, batch: Batch, edges: Answer) -> None:
        self.progress = progress
        self.model = model
        self.batch = batch
        self.edges = edges


_LIVE: list[_Live] = []


def dry_run(question: Answer) -> Answer:
    """Load or build the model, run one step on one batch; `failure` or `non_finite`, or neither.

    `edges` are the further batches that make sense, which `dry_run_edge` takes one at a time.
    """
    _LIVE.clear()
    return answered(Progress(question), _ran)


def dry_run_edge(question: Answer) -> Answer:
    """One more step of the model of the last `dry_run`, with the batch that `edge` names."""
    import tensorflow as tf

    (live,) = _LIVE
    batch, size = live.edges[question["edge"]]()
    with restored(live.model):
        try:
            left = keras_step(tf, live.model, batch, size, training=_trains(live.progress))()
        except BaseException as error:
            return {"failure": failure_at_run(tf, error, live.progress.lines)}
        if left.bad is None:
            return {}
    found = _looked(lambda: origin_at_edge(tf, live.progress, live.model, batch, size))
    return {"non_finite": {**left.bad, **found}}


def _ran(tf: Any, progress: Progress) -> Answer:
    if progress.question["source"]["kind"] in _SAVED_GRAPHS:
        raise RefusedError(
            "a saved graph is not run: it brings its ops with it, and some of them read and write "
            "files; give the .keras file or the Python function that makes the model"
        )
    tf.keras.utils.set_random_seed(0)
    subject = subject_of(tf, progress)
    is_model = model_source.is_model(subject)
    batch = _batch(tf, progress, subject if is_model else None)
    size = batch.size(tf) if batch.x is not None else None
    step: Step = (
        keras_step(tf, subject, batch, size, training=_trains(progress))
        if is_model
        else function_step(tf, subject, batch)
    )
    answer = {**_taken(tf, progress, step), "device": _device(tf), "fed": batch.described(tf)}
    answer["jit"] = getattr(subject, "jit_compile" if is_model else "_jit_compile", None) is True
    bad = answer.get("non_finite")
    if bad is not None and not _blames_batch(tf, batch, bad):
        bad.update(_looked(lambda: origin_again(tf, progress, batch, size)))
    elif bad is None and "failure" not in answer and is_model:
        edges = edges_of(tf, batch, subject)
        _LIVE.append(_Live(progress, subject, batch, edges))
        answer["edges"] = list(edges)
    return answer


def _looked(look: Callable[[], Answer]) -> Answer:
    """The origin that was looked for; whatever goes wrong there, the step was what it was."""
    try:
        return look()
    except BaseException as error:
        return {"unknown": f"looking for it failed ({type(error).__name__})"}


def _taken(tf: Any, progress: Progress, step: Step) -> Answer:
    begin = time.perf_counter()
    try:
        left = step()
    except BaseException as error:
        return {"failure": failure_at_run(tf, error, progress.lines)}
    return {
        "loss": left.loss,
        "seconds": time.perf_counter() - begin,
        "non_finite": left.bad,
    }


def _batch(tf: Any, progress: Progress, model: Any) -> Batch:
    """The real batch, or one made of the specs; the model is compiled for it."""
    question = progress.question
    progress.stage = "data"
    real = question.get("data")
    if not real:
        inputs, targets = [*question["inputs"], *question["targets"]], list[Answer]()
        if model is not None:
            inputs, targets = compiled_for(tf, progress, model, None)
        element_specs(tf, inputs, targets)  # says what does not fit together
        return batch_of_specs(tf, inputs, targets, question.get("batch"))
    batch = batch_of_data(tf, model_source.function_named(real, real["function"])())
    batch.specs = batch.whole.element_spec if hasattr(batch.whole, "element_spec") else None
    if batch.specs is None:
        x, y = batch.plain(tf)
        whole = batch.whole if batch.x is None else x if y is None else (x, y)
        batch.specs = specs_of_data(tf, whole, question)
    if model is not None:
        compiled_for(tf, progress, model, batch.specs)
    return batch


def _blames_batch(tf: Any, batch: Batch, bad: Answer) -> bool:
    """Whether the user's own data were not finite to begin with."""
    values = tf.nest.flatten(batch.x) + tf.nest.flatten([] if batch.y is None else batch.y)
    if batch.x is None or all(finite.is_finite(one.array) for one in values if _numeric(one)):
        return False
    bad["what"] = ["batch", *bad["what"]]
    bad["unknown"] = "the batch itself holds NaN or infinity"
    return True


def _numeric(one: Any) -> bool:
    dtype = getattr(one.array.dtype, "name", str(one.array.dtype))
    return "float" in dtype or "complex" in dtype


def _trains(progress: Progress) -> bool:
    return bool(progress.question["mode"] == "train")


def _device(tf: Any) -> str:
    return "GPU:0" if tf.config.list_logical_devices("GPU") else "CPU:0"
