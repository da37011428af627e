"""`tf.vectorized_map`: a function written for one example, run for a batch."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """A matrix product for each example."""
    arrays = Arrays(cell)
    examples = arrays.normal_tensor(5, 8)
    weights = arrays.normal_tensor(8, 4, scale=0.3)

    def call(examples: Any, weights: Any) -> Any:
        def one(example: Any) -> Any:
            return tf.tanh(tf.linalg.matvec(weights, example, transpose_a=True))

        return tf.vectorized_map(one, examples)

    return Subject(call=call, inputs=[examples, weights], watched=[0, 1])
