"""From a question to the live model that it asks about, compiled, and the specs of its batch."""

from __future__ import annotations

from typing import Any

from . import source as model_source
from . import step as model_step
from .data import plain_specs, specs_from_model, targets_from_model
from .facts import policies_of
from .failure import RefusedError
from .progress import Progress

Answer = dict[str, Any]
Specs = list[Answer]
# Targets that are to be taken from the outputs, once it is known which loss they are for.
_OPEN: Specs = [{"dtype": "float32"}]


def subject_of(tf: Any, progress: Progress) -> Any:
    """The Keras model or the tf.function that the question's source is."""
    question, source = progress.question, progress.question["source"]
    if question.get("precision"):
        # Before the user's function runs: layers take the policy when they are made.
        tf.keras.mixed_precision.set_global_policy(question["precision"])
    if source["kind"] == "keras_file":
        model = model_source.loaded_file(tf, source["path"], trust=bool(question.get("trust")))
        _require_precision(model, question.get("precision"))
        return model
    function = model_source.function_named(source, source["function"])
    progress.stage = "build"
    where = f"{source['path']}:{source['function']}"
    return model_source.built(tf, function, where, progress.lines)


def compiled_for(tf: Any, progress: Progress, model: Any, data: Any) -> tuple[Specs, Specs]:
    """Compile the model as asked; the specs of its inputs and targets, unless `data` has them.

    `data` are the specs of the real batch, None without one.
    """
    question = progress.question
    training = question["mode"] == "train"
    progress.stage = "data"
    inputs, targets = _asked_specs(progress, model) if data is None else ([], [])
    if training:
        progress.stage = "compile"
        held = data[1] if isinstance(data, tuple) and len(data) > 1 else None
        wanted = plain_specs(tf, held) if held is not None else targets
        model_step.compiled(model, question, wanted, progress.notes)
    elif question.get("jit"):
        model.jit_compile = True
    progress.stage = "data"
    if training and targets == _OPEN:
        targets = targets_from_model(model, question.get("batch") or _batch_of(inputs))
    return inputs, targets if training else []


def _asked_specs(progress: Progress, model: Any) -> tuple[Specs, Specs]:
    """Inputs and targets as asked; what was not asked is the model's own, its targets later."""
    question = progress.question
    inputs, targets = question["inputs"], question["targets"]
    # A compiled model, or a step of the user's own, may do without targets: fit(x) is asked then.
    lacking = question["mode"] == "train" and not targets
    if lacking and (not inputs or _needs_targets(model)):
        progress.notes.append("no --target: targets of the outputs' shapes are taken")
        targets = _OPEN
    if not inputs:
        progress.notes.append("no --input: the model's own inputs are taken")
        asked = question.get("batch") or _batch_of(question["targets"])
        inputs = specs_from_model(model, asked)
    return inputs, targets


def _batch_of(inputs: Specs) -> Any:
    return next((one["shape"][0] for one in inputs if one["shape"]), None)


def _needs_targets(model: Any) -> bool:
    """Whether the model is to be compiled with a default loss, for Keras' own step."""
    own_step = type(model).train_step.__module__.split(".")[0] not in ("keras", "tf_keras")
    has_losses = bool(getattr(model, "losses", None))
    return getattr(model, "optimizer", None) is None and not own_step and not has_losses


def _require_precision(model: Any, asked: Any) -> None:
    """A file's layers were saved with their policy; saying another would be a lie."""
    saved = policies_of(model)
    if asked and saved and asked not in saved:
        raise RefusedError(
            f"the file's layers were saved with {', '.join(saved)}, which --precision {asked} "
            "does not change: build the model in Python (file.py:function) instead"
        )
