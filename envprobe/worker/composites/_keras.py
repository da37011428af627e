"""Keras layers with known weights and an explicit dtype, for Keras 2 and Keras 3 alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from ..subject import NotApplicable
from ._arrays import Arrays


def keras() -> Any:
    """The Keras of this TensorFlow, imported only by the probes that need it."""
    module = tf.keras
    try:
        backend = module.backend.backend()
    except ImportError as error:
        raise NotApplicable(f"Keras cannot be imported: {error}") from None
    if backend != "tensorflow":
        raise NotApplicable(f"Keras uses the backend {backend!r}, not TensorFlow")
    return module


def policy(cell: dict[str, Any]) -> str:
    """The dtype policy that models use for this dtype: float32 weights below the half types."""
    dtype = str(cell["dtype"])
    return "mixed_" + dtype if dtype in ("float16", "bfloat16") else dtype


@contextmanager
def dtype_policy(cell: dict[str, Any]) -> Iterator[None]:
    """Layers made in this block have the cell's policy, and so have the layers inside them.

    Keras 2's MultiHeadAttention does not hand its own `dtype` on to the layers that it is made
    of; these follow the global policy alone.
    """
    policies = keras().mixed_precision
    before = policies.global_policy()
    policies.set_global_policy(policy(cell))
    try:
        yield
    finally:
        policies.set_global_policy(before)


def built(layer: Any, shape: tuple[int, ...], arrays: Arrays, scale: float = 0.4) -> Any:
    """The layer, built for inputs of that shape, its weights drawn from `arrays`.

    A normalisation's moving variance and gamma must be positive: weights of rank one are
    drawn around one for those.
    """
    layer.build(shape)
    return weighted(layer, arrays, scale)


def weighted(layer: Any, arrays: Arrays, scale: float = 0.4) -> Any:
    """The layer, already built, with weights drawn from `arrays`."""
    weights = []
    for variable in layer.weights:
        drawn = arrays.normal(*variable.shape, scale=scale)
        positive = any(word in variable.name for word in ("gamma", "variance"))
        weights.append(1.5 + 0.25 * abs(drawn) if positive else drawn)
    layer.set_weights(weights)
    return layer
