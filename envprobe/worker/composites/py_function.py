"""`tf.py_function`: eager TensorFlow, with gradients, called back from a graph."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """A tanh computed in Python."""
    arrays = Arrays(cell)
    values = arrays.normal_tensor(4, 8)

    def call(values: Any) -> Any:
        result = tf.py_function(tf.tanh, [values], values.dtype)
        return tf.ensure_shape(result, values.shape)

    return Subject(crosses_devices=True, call=call, inputs=[values], watched=[0])
