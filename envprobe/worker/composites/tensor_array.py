"""A loop that reads and writes `tf.TensorArray` (TensorList ops), as Keras' recurrences do."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._arrays import Arrays

STEPS = 5


def build(cell: dict[str, Any]) -> Subject:
    """Each step writes the product of what it reads and the running sum."""
    arrays = Arrays(cell)
    steps = arrays.normal_tensor(STEPS, 4, 6)

    def call(steps: Any) -> Any:
        dtype, shape = steps.dtype, steps.shape[1:]
        source = tf.TensorArray(dtype, size=STEPS, element_shape=shape).unstack(steps)
        written = tf.TensorArray(dtype, size=STEPS, element_shape=shape)

        def body(index: Any, total: Any, written: Any) -> tuple[Any, Any, Any]:
            value = source.read(index)
            total = total + value
            return index + 1, total, written.write(index, value * total)

        loop = (tf.constant(0), tf.zeros_like(steps[0]), written)
        _, total, written = tf.while_loop(
            lambda index, *_: index < STEPS, body, loop, maximum_iterations=STEPS
        )
        return total, written.stack()

    return Subject(call=call, inputs=[steps], watched=[0])
