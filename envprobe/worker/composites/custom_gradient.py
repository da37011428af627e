"""`tf.custom_gradient`: a function that brings its own backward pass."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """A softplus, whose gradient by the chain rule alone overflows for large arguments."""
    arrays = Arrays(cell)
    values = arrays.normal_tensor(4, 8, scale=3.0)

    def softplus(values: Any) -> Any:
        def backward(upstream: Any) -> Any:
            return upstream * tf.sigmoid(values)

        return tf.math.log1p(tf.exp(-tf.abs(values))) + tf.maximum(values, 0), backward

    return Subject(call=tf.custom_gradient(softplus), inputs=[values], watched=[0])
