"""Every class of `keras.losses`, each at the end of a small network."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .case import SIZE, Case, compiled_step, integers, normal, uniform

EXEMPT = {"Loss": "abstract: computes nothing"}
CLASSES = 5
SPARSE = ("CategoricalGeneralizedCrossEntropy", "Circle", "SparseCategoricalCrossentropy")
SIGNED = ("CosineSimilarity", "Hinge", "Huber", "LogCosh", "SquaredHinge")


def cases() -> Iterator[Case]:
    """One compiled step each."""
    for name in names():
        if name not in EXEMPT:
            yield Case(name, functools.partial(_trace, name))
    yield Case("CategoricalCrossentropy logits", _trace_logits)
    yield Case("SparseCategoricalCrossentropy logits", _trace_sparse_logits)
    yield Case("BinaryCrossentropy logits", _trace_binary_logits)


def names() -> list[str]:
    """The classes by introspection, so that a new one is found."""
    return sorted(name for name, value in vars(keras.losses).items() if inspect.isclass(value))


def _trace(name: str) -> Any:
    loss = getattr(keras.losses, name)()
    if name == "CTC":
        return _trace_ctc(loss)
    return _step(loss, _targets(name), None if name in SIGNED else "softmax")


def _targets(name: str) -> Any:
    if name in SPARSE:
        return integers(CLASSES, SIZE)
    if name in SIGNED:
        return np.sign(normal(SIZE, CLASSES))
    if name.startswith("Categorical"):
        return np.eye(CLASSES, dtype="float32")[integers(CLASSES, SIZE)]
    return uniform(SIZE, CLASSES)


def _trace_ctc(loss: Any) -> Any:
    layers = keras.layers
    model = keras.Sequential([layers.Input((8, 6)), layers.Dense(CLASSES)])
    targets = 1 + integers(CLASSES - 1, SIZE, 3)
    return compiled_step(model, normal(SIZE, 8, 6), targets, optimizer="sgd", loss=loss)


def _trace_logits() -> Any:
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    return _step(loss, np.eye(CLASSES, dtype="float32")[:SIZE], None)


def _trace_sparse_logits() -> Any:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _step(loss, integers(CLASSES, SIZE), None)


def _trace_binary_logits() -> Any:
    return _step(keras.losses.BinaryCrossentropy(from_logits=True), uniform(SIZE, CLASSES), None)


def _step(loss: Any, targets: Any, activation: str | None) -> Any:
    layers = keras.layers
    model = keras.Sequential([layers.Input((6,)), layers.Dense(CLASSES, activation=activation)])
    return compiled_step(model, normal(SIZE, 6), targets, optimizer="sgd", loss=loss)
