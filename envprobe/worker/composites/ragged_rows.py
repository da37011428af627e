"""Ragged rows: reductions per row, element-wise work, and padding to a dense tensor."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Four rows, one of them empty."""
    arrays = Arrays(cell)
    values = arrays.normal_tensor(9)
    splits = tf.constant([0, 3, 3, 7, 9], tf.int64)

    def call(values: Any, splits: Any) -> Any:
        rows = tf.RaggedTensor.from_row_splits(values, splits, validate=False)
        squared = tf.ragged.map_flat_values(tf.multiply, rows, rows)
        dense = squared.to_tensor(shape=[4, 4])
        joined = tf.concat([rows, squared], axis=1).values
        sums = tf.reduce_sum(rows, axis=1)
        return tf.ensure_shape(sums, [4]), dense, tf.ensure_shape(joined, [18])

    return Subject(call=call, inputs=[values, splits], watched=[0])
