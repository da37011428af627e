"""A `tf.while_loop` whose trip count is a tensor, as unrolled recurrences and solvers use it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """x <- tanh(x) W + b, five times."""
    arrays = Arrays(cell)
    state = arrays.normal_tensor(4, 8)
    weights = arrays.normal_tensor(8, 8, scale=0.3)
    bias = arrays.normal_tensor(8, scale=0.5)

    def call(state: Any, weights: Any, bias: Any) -> Any:
        def body(step: Any, value: Any) -> tuple[Any, Any]:
            return step + 1, tf.matmul(tf.tanh(value), weights) + bias

        # XLA needs the bound to differentiate the loop.
        return tf.while_loop(
            lambda step, _: step < 5, body, (tf.constant(0), state), maximum_iterations=5
        )[1]

    return Subject(call=call, inputs=[state, weights, bias], watched=[0, 1])
