"""`tf.foldl`: a recurrence that returns its last state only."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays


def build(cell: dict[str, Any]) -> Subject:
    """An exponential moving average over six steps."""
    arrays = Arrays(cell)
    steps = arrays.normal_tensor(6, 8)

    def call(steps: Any) -> Any:
        return tf.foldl(lambda mean, value: mean * 0.75 + value * 0.25, steps)

    return Subject(call=call, inputs=[steps], watched=[0])
