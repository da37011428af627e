"""From a model to the concrete function of one step, traced as `fit` or `predict` trace it."""

from __future__ import annotations

import inspect
from typing import Any

from .failure import RefusedError

Answer = dict[str, Any]
DEFAULT_OPTIMIZER = "adam"


def compiled(model: Any, question: Answer, targets: list[Answer], notes: list[str]) -> None:
    """Compile the model as asked; what nobody gave is its own, or a default that is noted.

    `targets` are those that there will be: without any, a step of the user's own needs no loss.
    """
    loss, optimizer = question.get("loss"), question.get("optimizer")
    _require_known(question, "loss", "losses")
    _require_known(question, "optimizer", "optimizers")
    own_optimizer = getattr(model, "optimizer", None)
    if loss or optimizer or own_optimizer is None:
        if own_optimizer is None and not optimizer:
            notes.append(f"the model is not compiled: optimizer {DEFAULT_OPTIMIZER!r} is taken")
        own_loss = getattr(model, "loss", None)
        if own_optimizer is None and not loss and targets:
            loss = _default_loss(targets)
            notes.append(f"the model is not compiled: loss {loss!r} is taken")
        model.compile(
            optimizer=optimizer or own_optimizer or DEFAULT_OPTIMIZER,
            loss=loss or own_loss,
            **(_own_choices(model) if own_optimizer is not None else {}),
        )
    if question.get("jit"):
        model.jit_compile = True


def _require_known(question: Answer, option: str, package: str) -> None:
    """A name that Keras does not know is a slip of the request, and no fault of the model."""
    import tensorflow as tf

    name = question.get(option)
    if name is None:
        return
    try:
        getattr(tf.keras, package).get(name)
    except Exception as error:
        raise RefusedError(
            f"--{option} {name}: keras.{package} has nothing of this name"
        ) from error


def training_function(tf: Any, model: Any, data: Any) -> Any:
    """The concrete function of one training step: `train_step` as `fit` wraps it."""
    return _traced(tf, model, model.train_step, data)


def inference_function(tf: Any, model: Any, data: Any) -> Any:
    """The concrete function of one step of `predict`."""
    return _traced(tf, model, model.predict_step, data)


def argument_specs(tf: Any, specs: list[Answer]) -> Any:
    """The specs as arguments of a function: by name where all have one, else in their order.

    Unlike a batch for Keras they keep their dtypes, and need not be of one length.
    """
    made = [
        tf.TensorSpec(spec["shape"], tf.as_dtype(spec["dtype"]), name=spec["name"] or None)
        for spec in specs
    ]
    if all(spec["name"] for spec in specs):
        return {spec["name"]: one for spec, one in zip(specs, made)}
    return tuple(made)


def traced_function(function: Any, data: Any, jit: bool) -> Any:
    """The concrete function of a user's own tf.function; its arguments are the inputs."""
    if jit and getattr(function, "_jit_compile", None) is not True:
        raise RefusedError(
            "--jit does not reach into a tf.function: write tf.function(jit_compile=True) there"
        )
    if data is None:
        _require_no_arguments(function)
        return function.get_concrete_function()
    if isinstance(data, dict):
        return function.get_concrete_function(**data)
    arguments = data if isinstance(data, tuple) else (data,)
    return function.get_concrete_function(*arguments)


def _require_no_arguments(function: Any) -> None:
    """Without a signature of its own only the user knows what the function is called with."""
    if getattr(function, "input_signature", None) is not None:
        return
    try:
        taken = inspect.signature(function.python_function).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return
    needed = [
        one.name
        for one in taken
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    if needed:
        raise RefusedError(
            f"the tf.function has no input_signature and takes {', '.join(needed)}: give --input "
            "for each, such as 'float32[8,224,224,3]'"
        )


def optimizer_name(model: Any) -> str | None:
    """The class of the optimizer, and what it is wrapped in."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    inner = getattr(optimizer, "inner_optimizer", None)
    told = type(optimizer).__name__
    return f"{told}({type(inner).__name__})" if inner is not None else told


def _traced(tf: Any, model: Any, step: Any, data: Any) -> Any:
    """As Keras' trainers wrap a step: one function in another, the inner one compiled with XLA
    where the model asks for it, neither converted by AutoGraph."""

    def one_step_on_data(data: Any) -> Any:
        return model.distribute_strategy.run(step, args=(data,))

    as_it_is = tf.autograph.experimental.do_not_convert
    inner = tf.function(as_it_is(one_step_on_data), reduce_retracing=True, jit_compile=_jit(model))

    def step_on_data(data: Any) -> Any:
        return inner(data)

    outer = tf.function(as_it_is(step_on_data), reduce_retracing=True)
    return outer.get_concrete_function(data)


def _jit(model: Any) -> bool | None:
    return True if getattr(model, "jit_compile", None) is True else None


def _default_loss(targets: list[Answer]) -> str:
    integers = all(target["dtype"].startswith(("int", "uint")) for target in targets)
    return "sparse_categorical_crossentropy" if integers else "mean_squared_error"


def _own_choices(model: Any) -> Answer:
    """What else the user compiled the model with, to be compiled with again."""
    config = getattr(model, "_compile_config", None)
    metrics = (getattr(config, "config", None) or {}).get("metrics")
    chosen = {
        "metrics": metrics,
        "run_eagerly": getattr(model, "run_eagerly", None),
        "jit_compile": getattr(model, "jit_compile", None),
    }
    return {name: value for name, value in chosen.items() if value}
