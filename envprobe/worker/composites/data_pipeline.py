"""A tf.data pipeline: parallel interleave, parallel map, batch, prefetch."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays, size


def build(cell: dict[str, Any]) -> Subject:
    """Every example once, in the order that a deterministic pipeline promises."""
    arrays = Arrays(cell)
    count = size(cell, "examples", 16, 1024)
    examples = arrays.normal(count, size(cell, "width", 4, 256))

    def call(examples: Any) -> Any:
        even = tf.data.Dataset.range(2)

        def half(start: Any) -> Any:
            return tf.data.Dataset.range(start, count, 2)

        order = even.interleave(half, cycle_length=2, num_parallel_calls=2, deterministic=True)
        rows = order.map(lambda i: examples[i] * 2, num_parallel_calls=2, deterministic=True)
        batches = rows.batch(8).prefetch(2)
        whole = batches.unbatch().batch(count).get_single_element()
        return tf.ensure_shape(whole, examples.shape)

    return Subject(
        call=call, inputs=[arrays.tensor(examples)], reference=[np.asarray(examples) * 2]
    )
