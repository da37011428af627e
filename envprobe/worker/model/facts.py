"""What is told of a model beside its graph: its name, size, policies, and the Keras it is of."""

from __future__ import annotations

import importlib.metadata
from typing import Any

Answer = dict[str, Any]


def described_model(model: Any) -> Answer:
    """Name, class and parameters; all unknown where there is no model around the graph."""
    if model is None:
        return {"name": None, "class": None, "parameters": None, "trainable_parameters": None}
    return {
        "name": str(model.name),
        "class": type(model).__name__,
        "parameters": _elements(model.weights),
        "trainable_parameters": _elements(model.trainable_weights),
    }


def _elements(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for length in weight.shape:
            size *= int(length)
        total += size
    return total


def policies_of(model: Any) -> Any:
    """The policies of the model's layers that compute in a float, the most frequent first."""
    counts: dict[str, int] = {}
    for layer in getattr(model, "layers", None) or []:
        policy = getattr(layer, "dtype_policy", None)
        name = getattr(policy, "name", None)
        if name and getattr(layer, "weights", None):
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def keras_version(tf: Any) -> Any:
    """Of the Keras that `tf.keras` is; TensorFlow before 2.16 shows it under its package's name."""
    version = getattr(getattr(tf, "keras", None), "__version__", None)
    if version:
        return version() if callable(version) else version
    try:
        return importlib.metadata.version("keras")
    except importlib.metadata.PackageNotFoundError:
        return None
