"""The question `trace_model`: one step of a user's model, traced and read node by node."""

from __future__ import annotations

import gc
from typing import Any

from ..values.problems import value_problems
from . import graph as model_graph
from . import source as model_source
from . import step as model_step
from .data import element_specs, plain_specs, specs_of_data
from .facts import described_model, policies_of
from .failure import RefusedError
from .graph_nodes import requirements_of
from .jit import AutomaticJit, compiled_whole
from .losses import loss_name
from .lowering import lowered
from .progress import Progress, answered
from .subject import compiled_for, subject_of

Answer = dict[str, Any]


def trace_model(question: Answer) -> Answer:
    """Load or build the model, trace its step, read the nodes; or `failure`, why not.

    Whatever the user's code raises, SystemExit included, is an answer.
    """
    gc.disable()  # a graph is a hundred thousand objects that all stay: a tenth of the time
    return answered(Progress(question), _traced)


def _traced(tf: Any, progress: Progress) -> Answer:
    automatic = AutomaticJit()
    with automatic.noting():
        answer, model = _answer_and_model(tf, progress)
    return {**answer, "jit_on_gpu": automatic.compiles_on_gpu(model)}


def _answer_and_model(tf: Any, progress: Progress) -> tuple[Answer, Any]:
    question = progress.question
    if question["source"]["kind"] in ("graph_def", "saved_model"):
        return _read(tf, progress, model_graph.imported(tf, question, progress)), None
    tf.keras.utils.set_random_seed(0)  # first weights decide what is NaN: the same each time
    subject = subject_of(tf, progress)
    if model_source.is_model(subject):
        return trace_keras(tf, progress, subject, _real_data(tf, question)), subject
    return _trace_function(tf, progress, subject), None


def _trace_function(tf: Any, progress: Progress, function: Any) -> Answer:
    question = progress.question
    progress.stage = "data"
    specs = question["inputs"] + question["targets"]
    data = _real_data(tf, question)
    if specs:
        data = model_step.argument_specs(tf, specs)
    progress.stage = "trace"
    concrete = model_step.traced_function(function, data, bool(question.get("jit")))
    progress.notes.append("a tf.function is traced as it is: what it trains is in itself")
    compiled = getattr(function, "_jit_compile", None) is True
    return _read(tf, progress, concrete, data=data, compiled=compiled)


def trace_keras(tf: Any, progress: Progress, model: Any, data: Any) -> Answer:
    """One step of a Keras model; `data` are the specs of a real batch, None to take the asked."""
    inputs, targets = compiled_for(tf, progress, model, data)
    if data is None:
        data = element_specs(tf, inputs, targets)
    progress.stage = "trace"
    concrete = _step(tf, progress, model, data)
    return _read(tf, progress, concrete, model=model, data=data)


def _step(tf: Any, progress: Progress, model: Any, data: Any) -> Any:
    training = progress.question["mode"] == "train"
    take = model_step.training_function if training else model_step.inference_function
    if not getattr(model, "run_eagerly", False):
        return take(tf, model, data)
    progress.notes.append("the model runs eagerly (run_eagerly=True); its step is traced here")
    try:
        return take(tf, model, data)
    except Exception as error:
        told = " ".join(str(error).split())[:200]
        raise RefusedError(
            "the model runs eagerly (run_eagerly=True), and its step cannot be traced: only a run "
            f"shows what it needs ({type(error).__name__}: {told})"
        ) from error


def _real_data(tf: Any, question: Answer) -> Any:
    source = question.get("data")
    if not source:
        return None
    made = model_source.function_named(source, source["function"])()
    return specs_of_data(tf, made, question)


def _read(
    tf: Any,
    progress: Progress,
    concrete: Any,
    *,
    model: Any = None,
    data: Any = None,
    compiled: bool = False,
) -> Answer:
    progress.stage = "read"
    # A file without foreign code has no lines of the user's.
    question = progress.question
    ours = question["source"]["kind"].startswith("python") or question.get("trust")
    lines = progress.lines if ours else None
    requirements, nodes = requirements_of(tf, concrete, model, lines, compiled=compiled)
    fed = plain_specs(tf, data if data is not None else _arguments(concrete))
    return {
        "model": described_model(model),
        "loss": loss_name(model) if model is not None else None,
        "optimizer": model_step.optimizer_name(model) if model is not None else None,
        "jit": compiled or compiled_whole(model),
        "policy": policies_of(model),
        "fed": fed,
        "nodes": nodes,
        "requirements": requirements,
        "value_problems": value_problems(
            tf, concrete, question, model=model, lines=lines, compiled=compiled
        ),
        "lowering": lowered(tf, concrete, model, lines, compiled=compiled, batch=_batch(fed)),
    }


def _arguments(concrete: Any) -> Any:
    return list(concrete.structured_input_signature)


def _batch(fed: list[Answer]) -> int | None:
    """The first size that all that is fed has in common."""
    sizes = {one["shape"][0] if one["shape"] else None for one in fed}
    return sizes.pop() if len(sizes) == 1 else None
