"""Keras MultiHeadAttention over one sequence; attribute `causal` masks the future."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size
from ._keras import dtype_policy, keras, policy, weighted


def build(cell: dict[str, Any]) -> Subject:
    """Self-attention; the gradient is that of the sequence."""
    arrays = Arrays(cell)
    heads, width = size(cell, "heads", 2, 8), size(cell, "width", 8, 512)
    shape = (size(cell, "batch", 2, 8, 1), size(cell, "steps", 5, 128, 64), width)
    causal = bool(cell["attrs"].get("causal", False))
    with dtype_policy(cell):
        layer = keras().layers.MultiHeadAttention(heads, width // heads, dtype=policy(cell))
        # Keras 2 and 3 disagree on the arguments of build: a first call settles the shapes.
        zeros = tf.zeros((1, *shape[1:]), arrays.dtype)
        layer(zeros, zeros)
    weighted(layer, arrays, scale=0.3 if not cell.get("timed") else 0.04)

    def call(sequence: Any) -> Any:
        return layer(sequence, sequence, use_causal_mask=causal)

    return Subject(call=call, inputs=[arrays.normal_tensor(*shape)], watched=[0])
