"""An embedding's gradient as IndexedSlices, and the sparse update of the table with it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Returns the table after one step of SGD; ids repeat, so that updates must add up."""
    arrays = Arrays(cell)
    initial = arrays.normal_tensor(10, 6)
    tokens = tf.constant([[1, 3, 3], [7, 1, 0]], tf.int64)
    weights = arrays.normal_tensor(2, 3, 6)
    table = tf.Variable(initial)

    def call(initial: Any, tokens: Any, weights: Any) -> Any:
        table.assign(initial)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.nn.embedding_lookup(table, tokens) * weights)
        gradient = tape.gradient(loss, table)
        if not isinstance(gradient, tf.IndexedSlices):
            raise TypeError(f"the gradient is {type(gradient).__name__}, not IndexedSlices")
        table.scatter_sub(tf.IndexedSlices(gradient.values * 0.5, gradient.indices))
        return loss, table.read_value()

    return Subject(call=call, inputs=[initial, tokens, weights], watched=[])
