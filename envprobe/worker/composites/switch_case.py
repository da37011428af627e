"""`tf.switch_case`: one of several branches by a tensor's value (op `Case`)."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Each of three branches is taken once."""
    arrays = Arrays(cell)
    value = arrays.normal_tensor(4, 8)

    def call(value: Any) -> Any:
        branches = [
            lambda: tf.tanh(value),
            lambda: value * value,
            lambda: tf.sigmoid(value) + value,
        ]
        # The index comes from the data, so that no branch can be pruned.
        first = tf.cast(tf.reduce_max(tf.abs(value)) < 0, tf.int32)
        return [tf.switch_case(first + index, branches) for index in range(3)]

    return Subject(call=call, inputs=[value], watched=[0])
