"""Every class of `keras.optimizers`, each in the training step of a small network."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import keras

from .case import SIZE, Case, compiled_step, integers, normal

EXEMPT = {
    "Optimizer": "abstract: updates nothing",
    "OptimizerMap": "chooses between optimizers: no optimizer",
}
CLIPPED = {"clipnorm": 1.0, "weight_decay": 0.01}
ACCUMULATED = {"gradient_accumulation_steps": 2, "use_ema": True, "global_clipnorm": 1.0}
# What takes more than its defaults.
CHOSEN: dict[str, Callable[[], Any]] = {
    "LossScaleOptimizer": lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
    "MultiOptimizer": lambda: keras.optimizers.MultiOptimizer(
        keras.optimizers.OptimizerMap(keras.optimizers.SGD())
    ),
}
VARIANTS: dict[str, Callable[[], Any]] = {
    "Adam amsgrad": lambda: keras.optimizers.Adam(amsgrad=True, **CLIPPED),
    "Adam accumulated": lambda: keras.optimizers.Adam(**ACCUMULATED),
    "Adam scheduled": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.1, 100, warmup_target=0.2, warmup_steps=10)
    ),
    "RMSprop centered": lambda: keras.optimizers.RMSprop(centered=True, momentum=0.9),
    "SGD momentum": lambda: keras.optimizers.SGD(momentum=0.9, nesterov=True, clipvalue=0.5),
}


def cases() -> Iterator[Case]:
    """One compiled step each, and one for each choice that changes what is computed."""
    for name in names():
        if name not in EXEMPT:
            make = CHOSEN.get(name) or getattr(keras.optimizers, name)
            yield Case(name, functools.partial(_trace, make))
    for name, make in VARIANTS.items():
        yield Case(name, functools.partial(_trace, make))


def names() -> list[str]:
    """The classes by introspection, so that a new one is found."""
    return sorted(name for name, value in vars(keras.optimizers).items() if inspect.isclass(value))


def _trace(make: Callable[[], Any]) -> Any:
    """Words, so that there are sparse gradients, too."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((6,), dtype="int32"),
            layers.Embedding(20, 8),
            layers.GlobalAveragePooling1D(),
            layers.Dense(8, activation="relu"),
            layers.Dense(3, dtype="float32"),
        ]
    )
    words, targets = integers(20, SIZE, 6), normal(SIZE, 3)
    return compiled_step(model, words, targets, optimizer=make(), loss="mse")
