"""The question `trace_model`: one step of a user's model, traced and read node by node."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from typing import Any

from . import model_graph, model_source, model_step
from .graph_nodes import requirements_of
from .model_data import (
    element_specs,
    plain_specs,
    specs_from_model,
    specs_of_data,
    targets_from_model,
)
from .model_facts import described_model, keras_version, policies_of
from .model_failure import RefusedError, failure_of
from .model_lines import UserLines
from .model_losses import loss_name
from .model_values import value_problems

Answer = dict[str, Any]
_MOST_WARNINGS = 8
# Targets that are to be taken from the outputs, once it is known which loss they are for.
_OPEN: list[Answer] = [{"dtype": "float32"}]


class _Progress:
    """How far the question has come, so that a failure can say where it happened."""

    def __init__(self, question: Answer) -> None:
        self.question = question
        self.stage = "load"
        self.notes: list[str] = []
        self.pid = os.getpid()
        source = question["source"]
        folder = os.path.dirname(os.path.abspath(source["path"]))
        # A module of an installed package may be the user's own, wherever it lies.
        self.lines = UserLines(folder if source["kind"] == "python_file" else None)


def trace_model(question: Answer) -> Answer:
    """Load or build the model, trace its step, read the nodes; or `failure`, why not.

    Whatever the user's code raises, SystemExit included, is an answer.
    """
    import tensorflow as tf

    progress = _Progress(question)
    _show_whole_tracebacks(tf)
    # As in a user's own program; the worker's other questions switch it off.
    tf.config.set_soft_device_placement(True)
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(sys.stderr):
        warnings.simplefilter("always")
        try:
            answer = _traced(tf, progress)
        except BaseException as error:
            answer = {"failure": failure_of(error, progress.stage, progress.lines)}
        finally:
            if os.getpid() != progress.pid:
                os._exit(0)  # the user's code forked; only the first process answers
    versions = {"tensorflow": tf.version.VERSION, "keras": keras_version(tf)}
    return {**answer, **versions, "notes": progress.notes, "warnings": _told(caught)}


def _traced(tf: Any, progress: _Progress) -> Answer:
    question, source = progress.question, progress.question["source"]
    if question.get("precision"):
        # Before the user's function runs: layers take the policy when they are made.
        tf.keras.mixed_precision.set_global_policy(question["precision"])
    kind = source["kind"]
    if kind in ("graph_def", "saved_model"):
        return _read(tf, progress, model_graph.imported(tf, question, progress))
    if kind == "keras_file":
        model = model_source.loaded_file(tf, source["path"], trust=bool(question.get("trust")))
        _require_precision(model, question.get("precision"))
        return _trace_keras(tf, progress, model)
    function = model_source.function_named(source, source["function"])
    progress.stage = "build"
    where = f"{source['path']}:{source['function']}"
    subject = model_source.built(tf, function, where, progress.lines)
    if model_source.is_model(subject):
        return _trace_keras(tf, progress, subject)
    return _trace_function(tf, progress, subject)


def _trace_function(tf: Any, progress: _Progress, function: Any) -> Answer:
    question = progress.question
    progress.stage = "data"
    specs = question["inputs"] + question["targets"]
    data = _real_data(tf, question) if question.get("data") else None
    if specs:
        data = element_specs(tf, specs, [])
    progress.stage = "trace"
    concrete = model_step.traced_function(function, data, bool(question.get("jit")))
    progress.notes.append("a tf.function is traced as it is: what it trains is in itself")
    compiled = getattr(function, "_jit_compile", None) is True
    return _read(tf, progress, concrete, data=data, compiled=compiled)


def _trace_keras(tf: Any, progress: _Progress, model: Any) -> Answer:
    question = progress.question
    training = question["mode"] == "train"
    progress.stage = "data"
    data = _real_data(tf, question) if question.get("data") else None
    inputs, targets = _asked_specs(progress, model)
    if training:
        progress.stage = "compile"
        held = data[1] if isinstance(data, tuple) and len(data) > 1 else None
        wanted = plain_specs(tf, held) if held is not None else targets
        model_step.compiled(model, question, wanted, progress.notes)
    elif question.get("jit"):
        model.jit_compile = True
    progress.stage = "data"
    if training and targets == _OPEN:
        targets = targets_from_model(model, question.get("batch"))
    if data is None:
        data = element_specs(tf, inputs, targets if training else [])
    progress.stage = "trace"
    concrete = _step(tf, progress, model, data)
    return _read(tf, progress, concrete, model=model, data=data)


def _step(tf: Any, progress: _Progress, model: Any, data: Any) -> Any:
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


def _asked_specs(progress: _Progress, model: Any) -> tuple[list[Answer], list[Answer]]:
    """Inputs and targets as asked; what was not asked is the model's own, its targets later."""
    question = progress.question
    inputs, targets = question["inputs"], question["targets"]
    if question.get("data") or inputs:
        return inputs, targets
    progress.notes.append("no --input: the model's own inputs are taken")
    if question["mode"] == "train" and not targets:
        progress.notes.append("no --target: targets of the outputs' shapes are taken")
        targets = _OPEN
    return specs_from_model(model, question.get("batch")), targets


def _real_data(tf: Any, question: Answer) -> Any:
    source = question["data"]
    return specs_of_data(tf, model_source.function_named(source, source["function"])())


def _read(
    tf: Any,
    progress: _Progress,
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
    return {
        "model": described_model(model),
        "loss": loss_name(model) if model is not None else None,
        "optimizer": model_step.optimizer_name(model) if model is not None else None,
        "jit": bool(getattr(model, "jit_compile", False) is True),
        "policy": policies_of(model),
        "fed": plain_specs(tf, data) if data is not None else plain_specs(tf, _arguments(concrete)),
        "nodes": nodes,
        "requirements": requirements,
        "value_problems": value_problems(tf, concrete, question, data),
    }


def _arguments(concrete: Any) -> Any:
    return list(concrete.structured_input_signature)


def _require_precision(model: Any, asked: Any) -> None:
    """A file's layers were saved with their policy; saying another would be a lie."""
    saved = policies_of(model)
    if asked and saved and asked not in saved:
        raise RefusedError(
            f"the file's layers were saved with {', '.join(saved)}, which --precision {asked} "
            "does not change: build the model in Python (file.py:function) instead"
        )


def _show_whole_tracebacks(tf: Any) -> None:
    """Keras and TensorFlow cut their own frames out, and with them the layer that was called."""
    with contextlib.suppress(AttributeError):
        tf.debugging.disable_traceback_filtering()
    with contextlib.suppress(AttributeError):
        tf.keras.config.disable_traceback_filtering()


def _told(caught: Any) -> list[str]:
    """The user's warnings, each once."""
    found: dict[str, None] = {}
    for one in caught:
        if not issubclass(one.category, (DeprecationWarning, ImportWarning, ResourceWarning)):
            found[f"{one.category.__name__}: {' '.join(str(one.message).split())}"[:300]] = None
    return list(found)[:_MOST_WARNINGS]
