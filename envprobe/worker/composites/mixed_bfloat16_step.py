"""A whole training step as Keras' `mixed_bfloat16` policy runs it: no loss scaling.

The layers compute in bfloat16, weights, loss and Adam are float32.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..subject import Subject
from ._adam import Adam
from ._conv_bn import statistics_dtype
from ._mlp import Mlp


def build(cell: dict[str, Any]) -> Subject:
    """Returns loss, gradients and new weights."""
    model = Mlp(cell, stored=statistics_dtype(cell["dtype"]))
    adam = Adam(model.variables)

    def call(images: Any, labels: Any, *initial: Any) -> Any:
        model.reset(initial)
        with tf.GradientTape() as tape:
            loss = model.loss(images, labels)
        gradients = tape.gradient(loss, model.variables)
        adam.step(gradients)
        return loss, gradients, [variable.read_value() for variable in model.variables]

    return Subject(call=call, inputs=model.inputs)
