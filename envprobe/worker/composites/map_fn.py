"""`tf.map_fn` over the rows of a tensor."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """A softmax-weighted row, one row at a time."""
    arrays = Arrays(cell)
    rows = arrays.normal_tensor(5, 8)

    def call(rows: Any) -> Any:
        return tf.map_fn(lambda row: tf.nn.softmax(row) * row, rows)

    return Subject(call=call, inputs=[rows], watched=[0])
