"""`tf.scan`: a recurrence that returns all its states."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """h <- tanh(h W + x), all h returned."""
    arrays = Arrays(cell)
    steps = arrays.normal_tensor(5, 4, 6)
    weights = arrays.normal_tensor(6, 6, scale=0.3)

    def call(steps: Any, weights: Any) -> Any:
        def step(state: Any, value: Any) -> Any:
            return tf.tanh(tf.matmul(state, weights) + value)

        return tf.scan(step, steps, initializer=tf.zeros_like(steps[0]))

    return Subject(call=call, inputs=[steps, weights], watched=[0, 1])
