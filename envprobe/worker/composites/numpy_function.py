"""`tf.numpy_function`: numpy called back from a graph, as input pipelines do."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """Rows turned around."""
    arrays = Arrays(cell)
    rows = arrays.normal(4, 8)

    def turned(values: Any) -> Any:
        return np.ascontiguousarray(values[:, ::-1])

    def call(values: Any) -> Any:
        return tf.ensure_shape(tf.numpy_function(turned, [values], values.dtype), values.shape)

    return Subject(
        crosses_devices=True, call=call, inputs=[arrays.tensor(rows)], reference=[rows[:, ::-1]]
    )
