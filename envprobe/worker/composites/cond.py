"""`tf.cond` on a predicate that is only known when the step runs."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """One branch taken and one not, in the same call."""
    arrays = Arrays(cell)
    left = arrays.normal_tensor(4, 8)
    right = arrays.normal_tensor(8, 8, scale=0.3)

    def call(left: Any, right: Any) -> Any:
        largest = tf.reduce_max(tf.abs(left))

        def choose(predicate: Any) -> Any:
            return tf.cond(predicate, lambda: tf.matmul(left, right), lambda: tf.tanh(left) - left)

        return choose(largest > 0), choose(largest < 0)

    return Subject(call=call, inputs=[left, right], watched=[0, 1])
