"""Gradient checkpointing: `tf.recompute_grad` runs the forward pass again for the backward."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Two layers, each checkpointed."""
    arrays = Arrays(cell)
    inputs = arrays.normal_tensor(4, 8)
    first = arrays.normal_tensor(8, 8, scale=0.3)
    second = arrays.normal_tensor(8, 8, scale=0.3)

    def dense(inputs: Any, weights: Any) -> Any:
        return tf.tanh(tf.matmul(inputs, weights))

    layer = tf.recompute_grad(dense)

    def call(inputs: Any, first: Any, second: Any) -> Any:
        return layer(layer(inputs, first), second)

    return Subject(call=call, inputs=[inputs, first, second], watched=[0, 1, 2])
